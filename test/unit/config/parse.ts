import { type ParseResult, parseConfig } from '../../../src/config/load.ts';
import type { Snapshot } from '../../../src/config/snapshot.ts';

/** What lies outside lb.yaml: variables, and files by absolute path in a folder `/etc/lb`. */
export interface World {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Parses text as the content of `/etc/lb/lb.yaml`. */
export function parse(text: string, { env = {}, files = {} }: World = {}): ParseResult {
  return parseConfig(Buffer.from(text), {
    file: '/etc/lb/lb.yaml',
    env,
    readFile(path, maxBytes) {
      const content = files[path];
      if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
      return Buffer.from(content).subarray(0, maxBytes + 1);
    },
  });
}

/** @returns the snapshot of text that must be valid. */
export function snapshotOf(text: string, world?: World): Snapshot {
  const result = parse(text, world);
  if (result.ok) return result.snapshot;
  throw new Error(result.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
}

/** @returns `line:column: message` of each problem; empty for valid text. */
export function problemsOf(text: string, world?: World): readonly string[] {
  const result = parse(text, world);
  if (result.ok) return [];
  return result.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/** A valid file with something put where it may be wrong; each part is YAML in one line. */
export function configWith(parts: {
  readonly global?: string;
  readonly listener?: string;
  readonly route?: string;
  readonly pool?: string;
}): string {
  const { global = '{}', listener = '{}', route = '{}', pool = '{}' } = parts;
  const merge = (inner: string, rest: string) =>
    inner === '{}' ? `{ ${rest} }` : `{ ${inner.slice(1, -1).trim()}, ${rest} }`;
  return [
    `global: ${global}`,
    'listeners:',
    `  - ${merge(listener, `bind: ":8080", routes: [${merge(route, 'pool: web')}]`)}`,
    'pools:',
    `  web: ${merge(pool, 'backends: [127.0.0.1:3001]')}`,
    '',
  ].join('\n');
}
