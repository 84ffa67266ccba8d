import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = 'lb.sock';

/**
 * Where `global.control: auto` looks for a place, best first: the folder that systemd makes for the service, the one it
 * is called by, and that of a user at a desk.
 */
export function controlPaths(env: Environment): readonly string[] {
  const folders = [env['RUNTIME_DIRECTORY']?.split(':')[0], '/run/lb', env['XDG_RUNTIME_DIR']];
  const absolute = folders.filter((folder) => folder?.startsWith('/') === true);
  return [...new Set(absolute.map((folder) => join(folder ?? '', NAME)))];
}

/** The first of them whose folder is there and may be written to; null when none is. */
export function usablePath(paths: readonly string[]): string | null {
  return paths.find((path) => isWritable(dirname(path))) ?? null;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
