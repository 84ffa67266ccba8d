import type { Algorithm } from './algorithm.ts';
import { roundRobin } from './round-robin.ts';

/** Every algorithm lb knows. A new one is a file beside this one and a word here. */
export const algorithms = [roundRobin] as const;

type ConfigOf<A> =
  A extends Algorithm<infer Name, infer Options> ? { readonly name: Name } & Options : never;

/** What may stand under `algorithm:` in lb.yaml, told apart by `name`. */
export type AlgorithmConfig = ConfigOf<(typeof algorithms)[number]>;
