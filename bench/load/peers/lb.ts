import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  generationField,
  idleBackendConnections,
  maxConnections,
  type Peer,
  type PeerSetup,
} from './peer.ts';

const root = resolve(import.meta.dirname, '../../..');
/** What users run, relative to the root of the checkout; its first line asks for the flags. */
const entryPoint = 'dist/lb.cjs';
const nodeFlags = ['--no-maglev'];

export const lb = definePeer('lb', true);

/** What the access log costs: the same lb without it. Metrics cannot be switched off; bench/micro has what counting costs. */
export const lbQuiet = definePeer('lb-quiet', false);

function definePeer(name: string, accessLog: boolean): Peer {
  return {
    name,

    find: () => {
      // The Node that lb is built for; the one that runs this program, where the registry has none.
      const pinned = join(root, 'node_modules/.bin/node');
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      return { command: existsSync(pinned) ? pinned : process.execPath, version };
    },

    prepare: async (tool, setup) => {
      const file = join(setup.directory, 'lb.yaml');
      await writeFile(file, renderConfig(setup, accessLog));
      return [tool.command, ...nodeFlags, join(root, entryPoint), 'start', '-c', file];
    },

    reloadSignal: 'SIGHUP',
  };
}

function renderConfig(setup: PeerSetup, accessLog: boolean): string {
  const { job, port, adminPort, backends, generation } = setup;
  const pool = 'pool: web';
  const route = `{ ${pool}, response_headers: { set: { ${generationField}: "${generation}" } } }`;
  return `listeners:
  - bind: "127.0.0.1:${port}"
    protocol: ${job === 'tcp' ? 'tcp' : 'http'}
    ${job === 'reload' ? `routes: [${route}]` : pool}
pools:
  web:
    connection_pool: { max_idle: ${idleBackendConnections}, idle: 1h }
    backends:
${backends.map((address) => `      - "${address}"`).join('\n')}
global:
  limits: { max_connections: ${maxConnections} }
  admin: { bind: "127.0.0.1:${adminPort}" }
  access_log: { enabled: ${accessLog}, output: stdout }
`;
}
