import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, linkSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathOf } from './peers.ts';
import { type ProcessOptions, startProcess, type TestProcess } from './start-process.ts';
import { makeTempDir } from './temp-dir.ts';

/** Neither root nor anybody who has an account. */
export const NOBODY = 61_234;

/**
 * A folder to change the root to: an executable, what `ldd` names for it, and nothing else, not even /dev or /proc.
 *
 * @param executable in the folder for temporary files, as all of this.
 */
export function makeBareRoot(executable: string, at = '/usr/bin/lb'): string {
  const root = makeTempDir();
  chmodSync(root, 0o755); // for whoever will call it /
  mkdirSync(join(root, dirname(at)), { recursive: true });
  linkSync(executable, join(root, at)); // a copy of this size takes its time
  for (const library of librariesOf(executable)) copyInto(root, realpathSync(library), library);
  for (const folder of ['etc/lb', 'tmp']) mkdirSync(join(root, folder), { recursive: true });
  return root;
}

/**
 * Starts the executable of a bare root as nobody, with no right but that to ports below 1024: what lb.service gives it.
 * The process started is lb itself, so that signals reach it.
 */
export function startInRoot(
  root: string,
  args: readonly string[],
  options: ProcessOptions = {},
  at = '/usr/bin/lb',
): TestProcess {
  const who = [`--chroot=${root}`, '--keep=1', `--gid=${NOBODY}`, `--uid=${NOBODY}`];
  const rights = ['--iab=^cap_net_bind_service', '--drop=all'];
  const command = [`--shell=${at}`, '--', ...args];
  return startProcess(pathOf('capsh'), [...who, ...rights, ...command], { env: {}, ...options });
}

/** Copies a file to an absolute path below `root`. */
export function copyInto(root: string, from: string, to: string): void {
  const path = join(root, to);
  mkdirSync(dirname(path), { recursive: true });
  cpSync(from, path);
}

/** Of a dynamic executable, its loader included. */
export function librariesOf(executable: string): readonly string[] {
  const lines = execFileSync('ldd', [executable], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

/** Whether this process may change its root and its user. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
