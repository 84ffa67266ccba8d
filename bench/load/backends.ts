import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderHttpBlock, writeNginxConfig } from './nginx-config.ts';
import { findFreePort, loadCpu, type ProcessGroup } from './processes.ts';
import type { Programs } from './programs.ts';
import type { Tool } from './tools.ts';

export const smallPath = '/small';
export const smallBytes = 128;
export const downloadPath = '/download';
export const downloadBytes = 1024 * 1024;
/** Answers after the whole body has arrived. */
export const uploadPath = '/upload';

/**
 * What the peers forward to. `http`: two ports of an nginx; `http-many`: one port of it on 1,001 addresses; the others:
 * two ports of programs/echo.c in the mode of that name.
 */
export type BackendKind = 'http' | 'http-many' | 'tcp' | 'websocket' | 'source';

export interface BackendTools {
  readonly nginx: Tool;
  readonly programs: Programs;
}

const manyCount = 1001;

/** Starts the backends on the load CPU. @returns their addresses, `host:port` each. */
export async function startBackends(
  kind: BackendKind,
  { nginx, programs }: BackendTools,
  parentDirectory: string,
  processes: ProcessGroup,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const directory = join(parentDirectory, 'backends');
  await mkdir(directory);
  const port = await findFreePort();
  const addresses =
    kind === 'http-many'
      ? Array.from({ length: manyCount }, (_, at) => `${loopbackAddress(at)}:${port}`)
      : [`127.0.0.1:${port}`, `127.0.0.1:${await findFreePort()}`];
  const command =
    kind === 'http' || kind === 'http-many'
      ? await prepareNginx(nginx, directory, addresses)
      : [programs.echo, kind, ...addresses.map((address) => address.replace(/.*:/, ''))];
  const stdoutFile = join(directory, 'stdout.log');
  const stderrFile = join(directory, 'stderr.log');
  await processes.start(
    { name: 'the backends', command, cpu: loadCpu, port, stdoutFile, stderrFile },
    signal,
  );
  return addresses;
}

/** 127.0.0.1 and those after it. */
function loopbackAddress(at: number): string {
  return `127.0.${(at + 1) >> 8}.${(at + 1) & 255}`;
}

/** One nginx worker that answers from memory and logs nothing. */
async function prepareNginx(
  nginx: Tool,
  directory: string,
  addresses: readonly string[],
): Promise<readonly string[]> {
  await writeFile(join(directory, 'download'), Buffer.alloc(downloadBytes, 'x'));
  const lines = [
    'access_log off;',
    // No limit that would make a backend close a connection in the middle of a round.
    'keepalive_requests 1000000000; keepalive_timeout 1h;',
    'sendfile on; tcp_nopush on; open_file_cache max=10 inactive=1h; open_file_cache_valid 1h;',
    'client_max_body_size 0; client_body_buffer_size 2m;',
    'server {',
    ...addresses.map((address) => `listen ${address} backlog=4096;`),
    'default_type text/plain;',
    `location = ${smallPath} { return 200 "${'x'.repeat(smallBytes)}"; }`,
    `location = ${downloadPath} { root ${directory}; }`,
    // `return` alone would answer before the body is read. A location that proxies reads it whole (into memory)
    // before it asks the next one, here itself and without the body.
    `location = ${uploadPath} { proxy_pass http://${addresses[0]}/sink;`,
    'proxy_pass_request_body off; proxy_set_header Content-Length ""; }',
    'location = /sink { return 200; }',
    '}',
  ];
  return writeNginxConfig(nginx.command, directory, renderHttpBlock(directory, lines));
}
