import { mix } from '../../src/balancing/hash.ts';

/** Whose request it is, as the signed 32-bit hash that algorithms with a key are given. */
export interface RequestKeys {
  /** @param random uniform in [0, 1). */
  draw(random: () => number): number;
}

const clients = 100_000;

/** 100,000 clients, all as busy as each other. */
export const evenKeys: RequestKeys = {
  draw: (random) => mix(1 + Math.floor(random() * clients)),
};

/**
 * The same clients, of whom a few make much of the traffic.
 *
 * @param hot how many they are.
 * @param share of all requests, that they make together.
 */
export function hotKeys(hot: number, share: number): RequestKeys {
  return {
    draw: (random) => {
      const busiest = random() < share;
      return mix(1 + Math.floor(random() * (busiest ? hot : clients)));
    },
  };
}
