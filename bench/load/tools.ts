import { spawnSync } from 'node:child_process';

/** A program that is installed here. */
export interface Tool {
  /** What to run: a name on the PATH, or a path. */
  readonly command: string;
  readonly version: string;
}

/** @param versionFlag makes it print its version, on stdout or stderr, whatever it then exits with. */
export function findTool(name: string, versionFlag: string): Tool | null {
  // Debian puts servers into /usr/sbin, which is on root's PATH only.
  for (const command of [name, `/usr/sbin/${name}`]) {
    const { error, stdout, stderr } = spawnSync(command, [versionFlag], { encoding: 'utf8' });
    if (error === undefined) return { command, version: parseVersion(stdout + stderr) };
  }
  return null;
}

/** The first number with a dot in it. */
export function parseVersion(text: string): string {
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? 'unknown';
}
