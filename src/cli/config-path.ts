import { existsSync } from 'node:fs';
import { LbError } from '../foundation/lb-error.ts';

/** Where the configuration is looked for when `-c` does not say. */
export const DEFAULT_PATHS = ['lb.yaml', '/etc/lb/lb.yaml'];

/** @throws LbError USAGE when no file is given and none is found. */
export function configPath(given: string | undefined): string {
  const path = given ?? DEFAULT_PATHS.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  const places = DEFAULT_PATHS.map((candidate) => `./${candidate}`.replace('.//', '/')).join(
    ' and ',
  );
  throw new LbError(
    'USAGE',
    `Cannot find a configuration: looked for ${places}; give one with -c FILE`,
  );
}
