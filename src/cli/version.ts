import { readFileSync } from 'node:fs';

/** The version of this build, as `lb --version` and the startup line tell it. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string }; // our own package.json
  return version;
}

/** The commit that a bundle was made from, which is compiled in; null here, where the sources may differ from any. */
export function readCommit(): string | null {
  return null;
}
