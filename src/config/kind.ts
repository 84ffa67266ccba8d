import { quote } from './problem.ts';

/** Milliseconds for a duration, bytes for a size; both ends are allowed. */
export interface Bounds {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A shape that a text value of lb.yaml may have, beyond being text. */
export interface Kind {
  /** What to write, for messages about values of a wrong type. */
  readonly allowed: string;
  /** @returns null when the text is accepted; else what was found and, after a semicolon, what to do. */
  complain(text: string, bounds: Bounds): string | null;
}

/** A kind that is one pattern with one piece of advice. */
export function definePattern(allowed: string, accepted: RegExp, wrong: string): Kind {
  return {
    allowed,
    complain: (text) => (accepted.test(text) ? null : `${quote(text)} ${wrong}; needs ${allowed}`),
  };
}
