import { type AlgorithmConfig, algorithmNamed } from '../balancing/catalog.ts';
import type { AlgorithmDocument } from './algorithm-schema.ts';
import type { JsonSchema } from './schema.ts';

/** @param document checked; a name alone stands for the algorithm with its defaults. */
export function buildAlgorithm(document: AlgorithmDocument): AlgorithmConfig {
  if (typeof document === 'string') return { name: document, options: defaultsOf(document) };
  const { name, ...options } = document;
  return { name, options };
}

/** The inverse of {@link buildAlgorithm}; what has no options stands as its name alone. */
export function describeAlgorithm({ name, options }: AlgorithmConfig): AlgorithmDocument {
  return Object.keys(options).length === 0 ? name : { name, ...options };
}

function defaultsOf(name: string): object {
  const schema = algorithmNamed(name)?.optionsSchema as JsonSchema | undefined; // as in algorithm-schema.ts
  const options = Object.entries(schema?.properties ?? {});
  return Object.fromEntries(
    options.flatMap(([key, option]) =>
      option.default === undefined ? [] : [[key, option.default]],
    ),
  );
}
