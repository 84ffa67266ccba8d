import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that some tests run beside lb, each with the Debian package that brings it. */
export const peers = {
  buildah: 'buildah',
  capsh: 'libcap2-bin',
  collectd: 'collectd-core',
  curl: 'curl',
  fish: 'fish',
  h2load: 'nghttp2-client',
  initdb: 'postgresql',
  ip: 'iproute2',
  mandoc: 'mandoc',
  nginx: 'nginx',
  pgbench: 'postgresql',
  postgres: 'postgresql',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  psql: 'postgresql-client',
  'redis-benchmark': 'redis-tools',
  'redis-cli': 'redis-tools',
  'redis-server': 'redis-server',
  'systemd-analyze': 'systemd',
  'systemd-socket-activate': 'systemd',
  wrk: 'wrk',
  zsh: 'zsh',
} as const;

export type PeerName = keyof typeof peers;

/** Full path of a peer's program, or null when it is not installed. */
export function findPeer(name: PeerName): string | null {
  return (
    folders()
      .map((folder) => join(folder, name))
      .find(isExecutable) ?? null
  );
}

/** The same for a peer that the test cannot do without. */
export function pathOf(name: PeerName): string {
  const path = findPeer(name);
  if (path === null) throw new Error(`Cannot find ${name}: install ${peers[name]} (Debian)`);
  return path;
}

function folders(): readonly string[] {
  const { PATH = '' } = process.env;
  // Debian keeps server programs in sbin and those of PostgreSQL in a folder per version, off most PATHs.
  return [...PATH.split(delimiter), '/usr/sbin', ...postgresFolders()];
}

function postgresFolders(): readonly string[] {
  const root = '/usr/lib/postgresql';
  try {
    return readdirSync(root).map((version) => join(root, version, 'bin'));
  } catch {
    return []; // not installed, or not Debian
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
