import type { Backend } from '../backend/backend.ts';

/** Built when the eligible set changes, called once per exchange or TCP session. */
export interface Picker {
  pick(): Backend;
}

/** One way to choose a backend: its name in lb.yaml, the JSON Schema of its options, its picker. */
export interface Algorithm<Name extends string, Options extends object> {
  readonly name: Name;
  readonly optionsSchema: Readonly<Record<string, unknown>>;
  /**
   * @param eligible backends that may take traffic, in configuration order, never empty; the picker keeps it.
   * @param previous the picker this one replaces, so that a cursor survives a change of the eligible set.
   */
  build(eligible: readonly Backend[], options: Options, previous: Picker | null): Picker;
}

/** Keeps the literal name and the option type of a declaration. */
export function defineAlgorithm<const Name extends string, Options extends object>(
  algorithm: Algorithm<Name, Options>,
): Algorithm<Name, Options> {
  return algorithm;
}
