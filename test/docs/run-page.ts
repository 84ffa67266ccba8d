import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';
import type { Step } from './steps.ts';

const root = resolve(import.meta.dirname, '../..');
const script = join(import.meta.dirname, 'run-page.sh');

/** A whole page gets less than its test does, so that what it did until then can still be told. */
const PATIENCE_MS = 60_000;

/** Of the entries of the repository's root, those that a page does not see, or has of its own. */
const own: ReadonlySet<string> = new Set(['.git', 'dist', 'src']);

const isRoot = process.getuid?.() === 0;
const namespaces = [
  ...['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'],
  ...(isRoot ? [] : ['--map-root-user']),
];

/** Whether this process may make the namespaces that a page is run in; containers without privileges may not. */
export function mayRunPages(): boolean {
  return spawnSync('unshare', [...namespaces, 'true']).status === 0;
}

/**
 * Takes the steps of a page in a copy of the repository's root. Its sources may be changed; the other entries are links,
 * and must not be.
 *
 * @param dist folder of the bundle that `lb` and `npx lb` run.
 * @returns a complaint for each step that did not go as the page says.
 */
export async function runPage(steps: readonly Step[], dist: string): Promise<readonly string[]> {
  if (steps.length === 0) return []; // nothing to do: it is read, not followed
  const folder = makeTempDir();
  const work = join(folder, 'work');
  mkdirSync(work);
  for (const entry of readdirSync(root).filter((name) => !own.has(name))) {
    symlinkSync(join(root, entry), join(work, entry));
  }
  cpSync(join(root, 'src'), join(work, 'src'), { recursive: true });
  symlinkSync(dist, join(work, 'dist'));
  for (const [index, step] of steps.entries()) writeStep(stepFolder(folder, index), step);
  const path = [writeProgram(folder, dist), dirname(process.execPath), process.env['PATH']];
  const shell = startProcess(
    'unshare',
    [...namespaces, 'bash', script, join(folder, 'steps'), work],
    { env: { ...process.env, PATH: `${path.join(delimiter)}:/usr/sbin:/sbin`, NO_COLOR: '1' } },
  );
  const alarm = setTimeout(() => shell.kill('SIGKILL'), PATIENCE_MS);
  const { code } = await shell.exited;
  clearTimeout(alarm);
  const given = (index: number) => existsSync(join(stepFolder(folder, index), 'code'));
  const unfinished = steps.find((_step, index) => !given(index));
  if (unfinished !== undefined || code !== 0) {
    return [`the shell ended with ${code} at line ${unfinished?.line}: ${shell.stderr}`];
  }
  return steps.flatMap((step, index) => complaintsOf(step, stepFolder(folder, index)));
}

function stepFolder(folder: string, index: number): string {
  return join(folder, 'steps', String(index).padStart(3, '0'));
}

function writeStep(folder: string, { kind, script: commands, files }: Step): void {
  for (const part of ['files', 'absolute']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'kind'), kind);
  writeFileSync(join(folder, 'script'), commands);
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name.startsWith('/') ? 'absolute' : 'files', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** `lb` as it is once it is installed, also to `pidof`. */
function writeProgram(folder: string, dist: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const run = `exec -a lb "${process.execPath}" --no-maglev "${join(dist, 'lb.cjs')}" "$@"`;
  writeFileSync(join(bin, 'lb'), `#!/bin/bash\n${run}\n`, { mode: 0o755 });
  return bin;
}

function complaintsOf({ kind, line, script: commands, output }: Step, folder: string) {
  const printed = readFileSync(join(folder, 'output'), 'utf8');
  const failed = readFileSync(join(folder, 'code'), 'utf8').trim() !== '0';
  const story = `line ${line} (${kind}):\n${commands}\nprinted:\n${printed.slice(-4000)}`;
  if (failed !== (kind === 'fail')) return [`${failed ? 'failed' : 'did not fail'}: ${story}`];
  if (output === null || patternOf(output, kind !== 'serve').test(printed)) return [];
  return [`printed something else than\n${output}\nat ${story}`];
}

/** `…` stands for any text in a line or, alone on one, for any lines. */
export function patternOf(output: string, isAll: boolean): RegExp {
  const lines = output.trimEnd().split('\n');
  const source = lines
    .map((line) => (line.trim() === '…' ? '(?:.*\\n)*?' : `${inLine(line)}\\n`))
    .join('');
  return isAll ? new RegExp(`^${source}$`) : new RegExp(source);
}

function inLine(line: string): string {
  const parts = line
    .trimEnd()
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return `${parts.join('.*')}[ \\t]*`;
}
