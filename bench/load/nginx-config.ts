import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { maxConnections } from './peers/peer.ts';

/** The spellings of a module's temporary folder; Debian's defaults need root. */
const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/**
 * Writes a whole nginx configuration (one worker, nothing outside `directory`).
 *
 * @param block an `http` or `stream` block, line by line.
 * @param modules files to load first.
 * @returns the command that runs it in the foreground.
 */
export async function writeNginxConfig(
  command: string,
  directory: string,
  block: readonly string[],
  modules: readonly string[] = [],
): Promise<readonly string[]> {
  const file = join(directory, 'nginx.conf');
  const lines = [
    ...modules.map((module) => `load_module ${module};`),
    // A worker of root's nginx would become www-data, who may not read the temporary folder.
    ...(getuid?.() === 0 ? ['user root;'] : []),
    'daemon off;',
    'worker_processes 1;',
    `pid ${directory}/nginx.pid;`,
    'error_log stderr error;',
    `events { worker_connections ${maxConnections}; }`,
    ...block,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return [command, '-p', directory, '-e', 'stderr', '-c', file];
}

/** The `http` block around its lines. */
export function renderHttpBlock(directory: string, lines: readonly string[]): readonly string[] {
  const paths = temporaryPaths.map((name) => `${name}_temp_path ${directory}/${name};`);
  return ['http {', ...paths, ...lines, '}'];
}
