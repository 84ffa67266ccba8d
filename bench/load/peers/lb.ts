import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findFreePort } from '../processes.ts';
import type { Peer } from './peer.ts';

const root = resolve(import.meta.dirname, '../../..');

export const lb: Peer = {
  name: 'lb',

  find: () => {
    // The Node that lb is built for; the one that runs this program, where the registry has none.
    const pinned = join(root, 'node_modules/.bin/node');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return { command: existsSync(pinned) ? pinned : process.execPath, version };
  },

  prepare: async (tool, { directory, port, backendPorts }) => {
    const file = join(directory, 'lb.yaml');
    const [first, second] = backendPorts;
    await writeFile(
      file,
      `listeners:
  - bind: "127.0.0.1:${port}"
    pool: web
pools:
  web:
    backends: ["127.0.0.1:${first}", "127.0.0.1:${second}"]
    connection_pool: { max_idle: 1024 }
global:
  admin: { bind: "127.0.0.1:${await findFreePort()}" }
  access_log: { enabled: true, output: stdout }
`,
    );
    return [tool.command, join(root, 'src/main.ts'), 'start', '-c', file];
  },
};
