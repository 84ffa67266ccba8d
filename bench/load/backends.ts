import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNginxConfig } from './nginx-config.ts';
import { findFreePort, loadCpu, type ProcessGroup } from './processes.ts';
import type { Tool } from './tools.ts';

export const smallPath = '/small';
export const smallBytes = 128;
export const downloadPath = '/download';
export const downloadBytes = 1024 * 1024;
/** Answers after the whole body has arrived. */
export const uploadPath = '/upload';
export const uploadAnswerBytes = 0;

/** Two ports of one nginx worker on the load CPU, which answers from memory and logs nothing. */
export async function startBackends(
  nginx: Tool,
  parentDirectory: string,
  processes: ProcessGroup,
  signal: AbortSignal,
): Promise<readonly [number, number]> {
  const directory = join(parentDirectory, 'backends');
  await mkdir(directory);
  await writeFile(join(directory, 'download'), Buffer.alloc(downloadBytes, 'x'));
  const ports = [await findFreePort(), await findFreePort()] as const;
  const command = await writeNginxConfig(nginx.command, directory, [
    'access_log off;',
    // No limit that would make a backend close a connection in the middle of a round.
    'keepalive_requests 1000000000; keepalive_timeout 1h;',
    'sendfile on; tcp_nopush on; open_file_cache max=10 inactive=1h; open_file_cache_valid 1h;',
    'client_max_body_size 0; client_body_buffer_size 2m;',
    'server {',
    ...ports.map((port) => `listen 127.0.0.1:${port} backlog=4096;`),
    'default_type text/plain;',
    `location = ${smallPath} { return 200 "${'x'.repeat(smallBytes)}"; }`,
    `location = ${downloadPath} { root ${directory}; }`,
    // `return` alone would answer before the body is read. A location that proxies reads it whole (into memory)
    // before it asks the next one, here itself and without the body.
    `location = ${uploadPath} { proxy_pass http://127.0.0.1:${ports[0]}/sink;`,
    'proxy_pass_request_body off; proxy_set_header Content-Length ""; }',
    'location = /sink { return 200; }',
    '}',
  ]);
  await processes.start(
    {
      name: 'the backends',
      command,
      cpu: loadCpu,
      port: ports[0],
      stdoutFile: join(directory, 'stdout.log'),
      stderrFile: join(directory, 'stderr.log'),
    },
    signal,
  );
  return ports;
}
