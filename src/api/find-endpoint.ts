import { didYouMean } from '../foundation/did-you-mean.ts';
import { endpoints as listed } from './catalog.ts';
import type { Endpoint } from './endpoint.ts';
import { openApiEndpoint } from './open-api-endpoint.ts';

const endpoints: readonly Endpoint[] = [...listed, openApiEndpoint];

export type Found =
  | {
      readonly kind: 'endpoint';
      readonly endpoint: Endpoint;
      readonly parameters: Readonly<Record<string, string>>;
    }
  /** The path is there, for other methods. */
  | { readonly kind: 'wrong_method'; readonly methods: readonly string[] }
  | { readonly kind: 'missing' };

/** @param path as sent, without its query. HEAD asks what GET does. */
export function findEndpoint(method: string, path: string): Found {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const methods: string[] = [];
  for (const endpoint of endpoints) {
    const parameters = match(endpoint.path, path);
    if (parameters === null) continue;
    if (endpoint.method === wanted) return { kind: 'endpoint', endpoint, parameters };
    methods.push(endpoint.method, ...(endpoint.method === 'GET' ? ['HEAD'] : []));
  }
  return methods.length === 0 ? { kind: 'missing' } : { kind: 'wrong_method', methods };
}

/** Every path there is. */
export function knownPaths(): readonly string[] {
  return [...new Set(endpoints.map(({ path }) => path))];
}

/** @returns what to add to "there is nothing at this path". */
export function pathAdvice(path: string, paths: readonly string[]): string {
  return didYouMean(path.slice(0, 200), paths);
}

/** @returns null when the path does not match; a parameter that is no valid percent-encoding matches nothing. */
function match(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const expected = pattern.split('/');
  const steps = path.split('/');
  if (steps.length !== expected.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, step] of steps.entries()) {
    const wanted = expected[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(wanted)?.[1];
    if (name === undefined) {
      if (wanted !== step) return null;
      continue;
    }
    const value = decoded(step);
    if (value === null || value === '') return null;
    parameters[name] = value;
  }
  return parameters;
}

function decoded(step: string): string | null {
  try {
    return decodeURIComponent(step);
  } catch {
    return null;
  }
}
