import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';

/** The spellings of a module's temporary folder; Debian's defaults need root. */
const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/**
 * Writes a whole nginx configuration (one worker, nothing outside `directory`) around the `http` lines.
 *
 * @returns the command that runs it in the foreground.
 */
export async function writeNginxConfig(
  command: string,
  directory: string,
  http: readonly string[],
): Promise<readonly string[]> {
  const file = join(directory, 'nginx.conf');
  const lines = [
    // A worker of root's nginx would become www-data, who may not read the temporary folder.
    ...(getuid?.() === 0 ? ['user root;'] : []),
    'daemon off;',
    'worker_processes 1;',
    `pid ${directory}/nginx.pid;`,
    'error_log stderr error;',
    'events { worker_connections 16384; }',
    'http {',
    ...temporaryPaths.map((name) => `${name}_temp_path ${directory}/${name};`),
    ...http,
    '}',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return [command, '-p', directory, '-e', 'stderr', '-c', file];
}
