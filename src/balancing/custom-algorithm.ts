import type { Algorithm, BuildContext, KeySource, Picker, Target } from './algorithm.ts';

export type CustomResult =
  | { readonly ok: true; readonly algorithm: Algorithm }
  /** @property complaint what is wrong; what is needed. */
  | { readonly ok: false; readonly complaint: string };

/** Finds the algorithm in what a module exports, as far as its shape goes. */
export function readAlgorithm(exported: Readonly<Record<string, unknown>>): CustomResult {
  const { algorithm } = exported;
  if (typeof algorithm !== 'object' || algorithm === null) {
    const names = Object.keys(exported).join(', ') || 'nothing';
    return fail(
      `it exports ${names}; needs an object \`algorithm\` with name, optionsSchema, weighted and build`,
    );
  }
  const { name, optionsSchema, weighted, key, build } = algorithm as Readonly<
    Record<string, unknown>
  >;
  if (typeof name !== 'string' || name === '') return fail('its `name` is no text; needs one');
  if (typeof optionsSchema !== 'object' || optionsSchema === null)
    return fail('its `optionsSchema` is no object; needs a JSON Schema such as { type: "object" }');
  if (typeof weighted !== 'boolean') return fail('its `weighted` is neither true nor false');
  if (key !== undefined && typeof key !== 'function') return fail('its `key` is no function');
  if (typeof build !== 'function')
    return fail('its `build` is no function; needs build(eligible, options, context)');
  return { ok: true, algorithm: algorithm as Algorithm }; // each of its members was looked at
}

function fail(complaint: string): CustomResult {
  return { ok: false, complaint };
}

/** How many backends a trial has, one run after another, each built from the one before. */
const TRIALS = [1, 2, 5, 4];
const PICKS = 100;

/**
 * Uses an algorithm as a pool would, over backends that do not exist.
 *
 * @param options that its schema has accepted.
 * @returns what it did wrong; null when nothing. Never throws.
 */
export function tryOut(algorithm: Algorithm, options: object): string | null {
  try {
    const complaint = algorithm.key === undefined ? null : complainAboutKey(algorithm.key(options));
    return complaint ?? tryPickers(algorithm, options);
  } catch (error) {
    return `it threw in a trial: ${describe(error)}`;
  }
}

function tryPickers(algorithm: Algorithm, options: object): string | null {
  let previous: Picker | null = null;
  for (const length of TRIALS) {
    const eligible = Array.from({ length }, (_, index) => new TrialTarget(`trial-${index + 1}`));
    const context: BuildContext = {
      previous,
      random: Math.random,
      now: () => performance.now(),
    };
    previous = algorithm.build(eligible, options, context);
    const complaint = tryPicker(previous, eligible);
    if (complaint !== null) return `with ${length} backends ${complaint}`;
  }
  return null;
}

function tryPicker(picker: unknown, eligible: readonly TrialTarget[]): string | null {
  if (!isPicker(picker)) return 'its build() answered no picker; needs an object with pick(key)';
  for (let turn = 0; turn < PICKS; turn++) {
    const index = picker.pick(Math.imul(turn, 0x9e3779b1));
    const complaint = complainAboutIndex(index, eligible.length);
    if (complaint !== null) return `its ${complaint}`;
    eligible[index]!.active++; // a valid index, as was just seen
    picker.loadChanged?.(index);
  }
  return null;
}

class TrialTarget implements Target {
  readonly name: string;
  readonly weight = 1;
  active = 0;

  constructor(name: string) {
    this.name = name;
  }

  responseMs(): number {
    return this.active;
  }
}

function isPicker(value: unknown): value is Picker {
  if (typeof value !== 'object' || value === null || !('pick' in value)) return false;
  return typeof value.pick === 'function';
}

/** @returns null for an index below `length`. */
export function complainAboutIndex(index: unknown, length: number): string | null {
  if (Number.isInteger(index) && Number(index) >= 0 && Number(index) < length) return null;
  return `pick() answered ${describe(index)}; needs a whole number from 0 to ${length - 1}`;
}

const sources: readonly unknown[] = ['client_ip', 'path', 'header', 'cookie', 'query'];

function complainAboutKey(source: KeySource | null): string | null {
  const { of, name, ipv6Prefix } = source ?? {};
  if (!sources.includes(of))
    return `its key().of is ${describe(of)}; needs one of ${sources.join(', ')}`;
  if (typeof name !== 'string') return 'its key().name is no text';
  const isPrefix =
    Number.isInteger(ipv6Prefix) && Number(ipv6Prefix) >= 1 && Number(ipv6Prefix) <= 128;
  return isPrefix ? null : 'its key().ipv6Prefix is no whole number from 1 to 128';
}

function describe(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
