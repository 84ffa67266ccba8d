import { parse, stringify } from 'yaml';

type Map = Readonly<Record<string, unknown>>;

const POOL: Map = { backends: ['127.0.0.1:3000'] };
const LISTENER: Map = { bind: '127.0.0.1:8080' };

/** By what a block says after `yaml`: the file that its keys are a part of, and which part. */
const places: Readonly<Record<string, (part: Map) => Map>> = {
  fragment: (part) => part,
  global: (global) => ({ global }),
  listener: (listener) => ({ listeners: [{ ...LISTENER, ...listener }] }),
  route: (route) => ({ listeners: [{ ...LISTENER, routes: [{ pool: 'web', ...route }] }] }),
  pool: (pool) => ({ pools: { web: { ...POOL, ...pool } } }),
};

export const fragmentWords: readonly string[] = Object.keys(places);

/** @returns the smallest lb.yaml that says what the part says. */
export function completeFragment(word: string, text: string): string {
  const place = places[word];
  if (place === undefined)
    throw new Error(`Cannot place a part "${word}"; known: ${fragmentWords}`);
  const file = place(parse(text));
  const listeners = listOf(file['listeners'] ?? [LISTENER]).map((listener) =>
    'pool' in listener || 'routes' in listener ? listener : { ...listener, pool: 'web' },
  );
  const pools: Record<string, unknown> = { ...(file['pools'] as Map | undefined) };
  for (const name of listeners.flatMap(poolsOf)) pools[name] ??= POOL;
  return stringify({ ...file, listeners, pools });
}

function poolsOf({ pool, routes }: Map): readonly string[] {
  return [pool, ...listOf(routes ?? []).map((route) => route['pool'])].flatMap((name) =>
    typeof name === 'string' ? [name] : [],
  );
}

function listOf(value: unknown): readonly Map[] {
  return value as readonly Map[]; // a list of maps, or lb check will say so
}
