import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTool } from '../tools.ts';
import { generationField, type Peer, type PeerSetup } from './peer.ts';

// The fields of lb's line, as far as HAProxy knows them; {+E} escapes quotes and backslashes.
const httpLogFormat =
  `'{"time":"%tr","client":"%ci:%cp","method":"%HM","host":"%[capture.req.hdr(0)]",` +
  `"path":"%{+E}HU","status":%ST,"backend":"%si:%sp","duration":%Ta,"bytes":%B}'`;

// One line for each connection, when it ends.
const tcpLogFormat =
  `'{"time":"%t","client":"%ci:%cp","backend":"%si:%sp","duration":%Tt,` +
  `"received":%U,"sent":%B,"end":"%ts"}'`;

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

    find: () => findTool('haproxy', '-v') ?? 'not installed',

    prepare: async (tool, setup) => {
      const file = join(setup.directory, 'haproxy.cfg');
      // `global` may stand twice; without a maxconn HAProxy takes what the limit on open files allows.
      const lines = [
        ...renderLog(setup),
        'global',
        '  nbthread 1',
        // Otherwise it closes idle backend connections once a quarter of the allowed files are open.
        '  tune.pool-low-fd-ratio 90',
        '  tune.pool-high-fd-ratio 95',
        ...(setup.job === 'reload' ? renderHandOver(setup) : []),
        ...(setup.job === 'tcp' ? renderTcp(setup) : renderHttp(setup)),
      ];
      await writeFile(file, `${lines.join('\n')}\n`);
      // Only a master process (-W) can start another one with a new configuration.
      return [tool.command, setup.job === 'reload' ? '-W' : '-db', '-f', file];
    },

    reloadSignal: 'SIGUSR2',
  };
}

/** The new process takes the listening sockets over, so that no connection is refused meanwhile. */
function renderHandOver({ directory }: PeerSetup): readonly string[] {
  return [`  stats socket ${join(directory, 'haproxy.sock')} mode 600 expose-fd listeners`];
}

function renderHttp({ job, port, backends, generation }: PeerSetup): readonly string[] {
  return [
    ...renderDefaults('http', httpLogFormat),
    'frontend web',
    `  bind 127.0.0.1:${port} backlog 4096`,
    '  http-request capture req.hdr(Host) len 128',
    '  option forwardfor',
    '  http-request set-header X-Forwarded-Proto http',
    '  http-request set-header X-Forwarded-Host %[req.hdr(Host)]',
    ...(job === 'reload' ? [`  http-response set-header ${generationField} ${generation}`] : []),
    '  default_backend web',
    ...renderBackend(backends),
  ];
}

function renderTcp({ port, backends }: PeerSetup): readonly string[] {
  return [
    ...renderDefaults('tcp', tcpLogFormat),
    'frontend web',
    `  bind 127.0.0.1:${port} backlog 4096`,
    '  default_backend web',
    ...renderBackend(backends),
  ];
}

function renderDefaults(mode: 'http' | 'tcp', logFormat: string): readonly string[] {
  return [
    'defaults',
    `  mode ${mode}`,
    '  log global',
    `  log-format ${logFormat}`,
    ...(mode === 'http' ? ['  http-reuse always'] : []),
    '  timeout connect 3s',
    '  timeout client 1h',
    '  timeout server 1h',
    '  timeout tunnel 1h',
  ];
}

function renderBackend(addresses: readonly string[]): readonly string[] {
  return [
    'backend web',
    '  balance roundrobin',
    // Without it half of the idle connections are closed every 5 s.
    '  default-server pool-purge-delay 1h',
    ...addresses.map((address, at) => `  server backend-${at + 1} ${address}`),
  ];
}
