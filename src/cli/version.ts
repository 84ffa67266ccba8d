import { readFileSync } from 'node:fs';

/** The version of this build, as `lb --version` and the startup line tell it. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string }; // our own package.json
  return version;
}
