import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTool } from '../tools.ts';
import type { Peer, PeerSetup } from './peer.ts';

// The fields of lb's line, as far as HAProxy knows them; {+E} escapes quotes and backslashes.
const logFormat =
  `'{"time":"%tr","client":"%ci:%cp","method":"%HM","host":"%[capture.req.hdr(0)]",` +
  `"path":"%{+E}HU","status":%ST,"backend":"%si:%sp","duration":%Ta,"bytes":%B}'`;

/** One write to standard output, here a file, for each line: HAProxy has no buffered log file. */
export const haproxy = defineHaproxy('haproxy', () => ['global', '  log stdout format raw local0']);

/**
 * Log lines go into a ring in memory, mapped from a file: the least that logging can cost HAProxy. The file keeps its
 * size, so its growth says nothing.
 */
export const haproxyRing = defineHaproxy('haproxy-ring', ({ directory }) => [
  'global',
  '  log ring@access format raw local0',
  'ring access',
  '  format raw',
  '  maxlen 2000',
  '  size 16777216',
  `  backing-file ${join(directory, 'access.ring')}`,
]);

/** @param renderLog the `global` section's head and whatever else the log needs. */
function defineHaproxy(name: string, renderLog: (setup: PeerSetup) => readonly string[]): Peer {
  return {
    name,

    find: () => findTool('haproxy', '-v'),

    prepare: async (tool, setup) => {
      const file = join(setup.directory, 'haproxy.cfg');
      // `global` may stand twice; without a maxconn HAProxy takes what the limit on open files allows.
      const lines = [...renderLog(setup), 'global', '  nbthread 1', ...renderProxy(setup)];
      await writeFile(file, `${lines.join('\n')}\n`);
      return [tool.command, '-db', '-f', file];
    },
  };
}

function renderProxy({ port, backendPorts }: PeerSetup): readonly string[] {
  return [
    'defaults',
    '  mode http',
    '  log global',
    `  log-format ${logFormat}`,
    '  http-reuse always',
    '  timeout connect 3s',
    '  timeout client 60s',
    '  timeout server 60s',
    'frontend web',
    `  bind 127.0.0.1:${port} backlog 4096`,
    '  http-request capture req.hdr(Host) len 128',
    '  option forwardfor',
    '  http-request set-header X-Forwarded-Proto http',
    '  http-request set-header X-Forwarded-Host %[req.hdr(Host)]',
    '  default_backend web',
    'backend web',
    '  balance roundrobin',
    ...backendPorts.map((backendPort, at) => `  server backend-${at + 1} 127.0.0.1:${backendPort}`),
  ];
}
