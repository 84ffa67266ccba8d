import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { withFreePorts } from './free-port.ts';
import { pathOf } from './peers.ts';
import { startProcess } from './start-process.ts';
import { makeTempDir } from './temp-dir.ts';

/**
 * Starts a real PostgreSQL on a new data directory, with superuser `postgres`, no password and the empty database
 * `postgres`; gives its address. PostgreSQL refuses to run as root, so root runs it as the user of its package.
 */
export async function startPostgres(): Promise<string> {
  const dir = makeTempDir();
  const run = await ownedByPostgres(dir);
  const data = join(dir, 'data');
  const initdb = run('initdb', [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '--no-sync',
    '--no-locale',
  ]);
  await initdb.until(/Success/);
  await initdb.exited;
  return withFreePorts(1, async ([port]) => {
    const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`, 'fsync=off'];
    const args = ['-D', data, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])];
    const postgres = run('postgres', args);
    await postgres.until(/database system is ready to accept connections/);
    return `127.0.0.1:${port}`;
  });
}

/** Gives `dir` to the user that is to run PostgreSQL, and a way to start its programs as that user. */
async function ownedByPostgres(dir: string) {
  const start = (command: string, args: readonly string[]) =>
    startProcess(command, args, { cwd: dir, killSignal: 'SIGQUIT' });
  if (process.getuid?.() !== 0) {
    return (name: 'initdb' | 'postgres', args: readonly string[]) => start(pathOf(name), args);
  }
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => idOf(flag)));
  chownSync(dir, uid!, gid!); // one id per flag
  const become = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return (name: 'initdb' | 'postgres', args: readonly string[]) =>
    start('setpriv', [...become, pathOf(name), ...args]);
}

async function idOf(flag: string): Promise<number> {
  const id = startProcess('id', [flag, 'postgres']);
  await id.exited;
  return Number(id.stdout);
}
