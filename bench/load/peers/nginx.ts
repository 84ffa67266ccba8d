import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { renderHttpBlock, writeNginxConfig } from '../nginx-config.ts';
import { findTool, type Tool } from '../tools.ts';
import { generationField, idleBackendConnections, type Peer, type PeerSetup } from './peer.ts';

// Where Debian's libnginx-mod-stream puts it.
const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so';

// The fields of lb's line, as far as nginx knows them.
const httpLogFormat = `log_format json escape=json '{"time":"$time_iso8601","client":"$remote_addr:$remote_port",'
  '"method":"$request_method","host":"$http_host","path":"$request_uri","status":$status,'
  '"backend":"$upstream_addr","duration":$request_time,"bytes":$body_bytes_sent}';`;

// One line for each connection, when it ends.
const tcpLogFormat = `log_format json escape=json '{"time":"$time_iso8601","client":"$remote_addr:$remote_port",'
  '"status":$status,"backend":"$upstream_addr","duration":$session_time,'
  '"received":$bytes_received,"sent":$bytes_sent}';`;

export const nginx: Peer = {
  name: 'nginx',

  find: (job) => {
    const tool = findTool('nginx', '-v');
    if (tool === null) return 'not installed';
    if (job !== 'tcp' || hasStreamBuiltIn(tool) || existsSync(streamModule)) return tool;
    return 'its stream module is not installed (libnginx-mod-stream)';
  },

  prepare: (tool, setup) => {
    const { directory } = setup;
    if (setup.job !== 'tcp') {
      return writeNginxConfig(
        tool.command,
        directory,
        renderHttpBlock(directory, renderHttp(setup)),
      );
    }
    const modules = hasStreamBuiltIn(tool) ? [] : [streamModule];
    const block = ['stream {', ...renderTcp(setup), '}'];
    return writeNginxConfig(tool.command, directory, block, modules);
  },

  reloadSignal: 'SIGHUP',
};

/** `--with-stream` among the configure arguments, and not `--with-stream=dynamic`. */
function hasStreamBuiltIn({ command }: Tool): boolean {
  const { stderr } = spawnSync(command, ['-V'], { encoding: 'utf8' });
  return / --with-stream(?: |$)/m.test(stderr);
}

function renderTcp({ port, backends, accessLog }: PeerSetup): readonly string[] {
  return [
    tcpLogFormat,
    `access_log ${accessLog} json buffer=64k flush=1s;`,
    ...['upstream web {', ...backends.map((address) => `server ${address};`), '}'],
    `server { listen 127.0.0.1:${port} backlog=4096; proxy_pass web; proxy_timeout 1h; }`,
  ];
}

function renderHttp({ job, port, backends, accessLog, generation }: PeerSetup): readonly string[] {
  return [
    httpLogFormat,
    `access_log ${accessLog} json buffer=64k flush=1s;`,
    // nginx closes a connection after 1,000 requests unless told otherwise; the others have no such limit.
    'keepalive_requests 1000000000; keepalive_timeout 1h;',
    'upstream web {',
    ...backends.map((address) => `server ${address};`),
    `keepalive ${idleBackendConnections}; keepalive_requests 1000000000; keepalive_timeout 1h;`,
    '}',
    'server {',
    `listen 127.0.0.1:${port} backlog=4096;`,
    // Bodies stream, as they do in the others: nothing goes through a temporary file.
    'client_max_body_size 0; proxy_request_buffering off; proxy_max_temp_file_size 0;',
    'location / {',
    'proxy_pass http://web; proxy_http_version 1.1;',
    ...(job === 'websocket'
      ? ['proxy_set_header Connection upgrade; proxy_set_header Upgrade $http_upgrade;']
      : ['proxy_set_header Connection "";']),
    'proxy_set_header Host $http_host;',
    'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    'proxy_set_header X-Forwarded-Proto $scheme;',
    'proxy_set_header X-Forwarded-Host $http_host;',
    ...(job === 'reload' ? [`add_header ${generationField} ${generation};`] : []),
    '}',
    '}',
  ];
}
