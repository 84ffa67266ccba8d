import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
}

/** @throws when an argument is unknown or no whole number. */
export function readOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '1800' },
      seed: { type: 'string', default: `${randomInt(2 ** 32)}` },
    },
  });
  const [seconds, seed] = [values.seconds, values.seed].map((text) => {
    if (!/^\d{1,10}$/.test(text)) throw new Error(`"${text}": need a whole number`);
    return Number(text);
  });
  return { seconds: seconds!, seed: seed! }; // one for each
}
