import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Algorithm } from '../../src/balancing/algorithm.ts';
import { algorithms } from '../../src/balancing/catalog.ts';
import { readAlgorithm, tryOut } from '../../src/balancing/custom-algorithm.ts';
import type { Contestant } from './simulation.ts';

/** Options that make so much of a difference that they get a row of their own. */
const variants: readonly { readonly name: string; readonly options: object }[] = [
  { name: 'consistent_hash', options: { bounded_load: 1.25 } },
];

/** Every algorithm of the catalog at its defaults, and the variants. */
export function catalogContestants(): readonly Contestant[] {
  return algorithms.flatMap((algorithm) => [
    contestantOf(algorithm, {}),
    ...variants
      .filter(({ name }) => name === algorithm.name)
      .map(({ options }) => contestantOf(algorithm, options)),
  ]);
}

/**
 * A custom algorithm at its defaults.
 *
 * @returns a string when lb would not take it either: why not.
 */
export async function loadContestant(path: string): Promise<Contestant | string> {
  try {
    const result = readAlgorithm(await import(pathToFileURL(resolve(path)).href));
    if (!result.ok) return result.complaint;
    const contestant = contestantOf(result.algorithm, {});
    return tryOut(contestant.algorithm, contestant.options) ?? contestant;
  } catch (error) {
    return `it threw when it was loaded: ${error}`;
  }
}

/** @param options those that are not at their defaults. */
function contestantOf(algorithm: Algorithm, options: object): Contestant {
  const set = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  return {
    label: [algorithm.name, ...set].join(', '),
    algorithm,
    options: { ...defaultsOf(algorithm.optionsSchema), ...options },
  };
}

/** What `default` says in a JSON Schema of an object. */
function defaultsOf(schema: Readonly<Record<string, unknown>>): object {
  const properties = (schema['properties'] ?? {}) as Record<string, { default?: unknown }>; // that of an object
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, property]) => property.default !== undefined)
      .map(([name, property]) => [name, property.default]),
  );
}
