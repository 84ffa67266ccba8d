import { writeNginxConfig } from '../nginx-config.ts';
import { findTool } from '../tools.ts';
import type { Peer } from './peer.ts';

// The fields of lb's line, as far as nginx knows them.
const logFormat = `log_format json escape=json '{"time":"$time_iso8601","client":"$remote_addr:$remote_port",'
  '"method":"$request_method","host":"$http_host","path":"$request_uri","status":$status,'
  '"backend":"$upstream_addr","duration":$request_time,"bytes":$body_bytes_sent}';`;

export const nginx: Peer = {
  name: 'nginx',

  find: () => findTool('nginx', '-v'),

  prepare: (tool, { directory, port, backendPorts, accessLog }) =>
    writeNginxConfig(tool.command, directory, [
      logFormat,
      `access_log ${accessLog} json buffer=64k flush=1s;`,
      // nginx closes a connection after 1,000 requests unless told otherwise; the others have no such limit.
      'keepalive_requests 1000000000; keepalive_timeout 1h;',
      'upstream web {',
      ...backendPorts.map((backendPort) => `server 127.0.0.1:${backendPort};`),
      'keepalive 1024; keepalive_requests 1000000000;',
      '}',
      'server {',
      `listen 127.0.0.1:${port} backlog=4096;`,
      // Bodies stream, as they do in the others: nothing goes through a temporary file.
      'client_max_body_size 0; proxy_request_buffering off; proxy_max_temp_file_size 0;',
      'location / {',
      'proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection "";',
      'proxy_set_header Host $http_host;',
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      'proxy_set_header X-Forwarded-Proto $scheme;',
      'proxy_set_header X-Forwarded-Host $http_host;',
      '}',
      '}',
    ]),
};
