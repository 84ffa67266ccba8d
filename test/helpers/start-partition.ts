import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { BackendChild } from './backend-child.ts';

/** A backend in a network namespace of its own, behind a pair of virtual interfaces. */
export interface RemoteBackend {
  readonly backend: BackendChild;
  /** From now on its packets are dropped on their way out: it hears everything, and nothing comes back. */
  partition(): Promise<void>;
  mend(): Promise<void>;
}

/** Whether this process may make network namespaces; containers without privileges may not. */
export function mayPartition(): boolean {
  return spawnSync('unshare', ['--net', 'true']).status === 0;
}

/** Starts one. Namespace and interfaces go with the process, when the test ends. */
export async function startRemoteBackend(name: string): Promise<RemoteBackend> {
  const backend = await BackendChild.start({
    name,
    address: '0.0.0.0:0',
    within: ['unshare', '--net'],
  });
  onTestFinished(() => backend.kill());
  const { pid } = backend;
  const [near, far] = linkAddresses(pid);
  const inside = ['nsenter', '--net', '--target', `${pid}`];
  const link = `lb${pid}`;
  run('ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `${pid}`);
  run('ip', 'address', 'add', `${near}/30`, 'dev', link);
  run('ip', 'link', 'set', link, 'up');
  run(...inside, 'ip', 'address', 'add', `${far}/30`, 'dev', 'eth0');
  run(...inside, 'ip', 'link', 'set', 'eth0', 'up');
  backend.address = backend.address.replace('0.0.0.0', far);
  return {
    backend,
    partition: async () => run(...inside, 'ip', 'route', 'add', 'blackhole', near),
    mend: async () => run(...inside, 'ip', 'route', 'delete', 'blackhole', near),
  };
}

/** Both ends of a network of four addresses, out of those that are for tests (RFC 2544), that no other process has. */
function linkAddresses(pid: number): readonly [string, string] {
  const base = (pid % 2 ** 15) * 4;
  const part = `198.${18 + (base >> 16)}.${(base >> 8) & 255}`;
  return [`${part}.${(base & 255) + 1}`, `${part}.${(base & 255) + 2}`];
}

function run(...line: readonly string[]): void {
  const [command = '', ...args] = line;
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot run "${line.join(' ')}": ${stderr ?? error}`);
}
