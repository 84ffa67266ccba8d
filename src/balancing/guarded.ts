import type { Algorithm, BuildContext, Picker, Target } from './algorithm.ts';
import { complainAboutIndex } from './custom-algorithm.ts';
import { roundRobin } from './round-robin.ts';

/** What a custom algorithm did wrong, over all its pickers. */
export class AlgorithmFaults {
  /** Picks that round robin had to make, and other calls that threw. */
  count = 0;
  readonly #onFirst: (error: unknown) => void;

  /** @param onFirst told of the first fault only, so that a broken algorithm does not fill the log. */
  constructor(onFirst: (error: unknown) => void) {
    this.#onFirst = onFirst;
  }

  add(error: unknown): void {
    this.count++;
    if (this.count === 1) this.#onFirst(error);
  }
}

/** Asks a picker that nobody here has tested. Whatever it throws or answers, there is a valid index. */
class GuardedPicker implements Picker {
  /** null when it could not even be built. */
  readonly inner: Picker | null;
  readonly fallback: Picker;
  readonly #length: number;
  readonly #faults: AlgorithmFaults;

  constructor(length: number, inner: Picker | null, fallback: Picker, faults: AlgorithmFaults) {
    this.inner = inner;
    this.fallback = fallback;
    this.#length = length;
    this.#faults = faults;
  }

  pick(key: number): number {
    if (this.inner === null) return this.fallback.pick(key);
    try {
      const index = this.inner.pick(key);
      const complaint = complainAboutIndex(index, this.#length);
      if (complaint === null) return index;
      this.#faults.add(new TypeError(complaint));
    } catch (error) {
      this.#faults.add(error);
    }
    return this.fallback.pick(key);
  }

  loadChanged(index: number): void {
    try {
      this.inner?.loadChanged?.(index);
    } catch (error) {
      this.#faults.add(error);
    }
  }
}

/**
 * Puts a custom algorithm behind a guard: picks that it cannot make are made by round robin, and counted, so that no
 * request is lost to it.
 */
export function guard(algorithm: Algorithm, faults: AlgorithmFaults): Algorithm {
  return {
    ...algorithm,
    build(eligible, options, context) {
      const { inner = null, fallback = null } =
        context.previous instanceof GuardedPicker ? context.previous : {};
      return new GuardedPicker(
        eligible.length,
        tryBuild(algorithm, eligible, options, { ...context, previous: inner }, faults),
        roundRobin.build(eligible, {}, { ...context, previous: fallback }),
        faults,
      );
    },
  };
}

function tryBuild(
  algorithm: Algorithm,
  eligible: readonly Target[],
  options: object,
  context: BuildContext,
  faults: AlgorithmFaults,
): Picker | null {
  try {
    return algorithm.build(eligible, options, context);
  } catch (error) {
    faults.add(error);
    return null;
  }
}
