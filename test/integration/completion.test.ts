import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../../src/cli/commands/catalog.ts';
import { pathOf } from '../helpers/peers.ts';
import { describeWith } from '../helpers/requires.ts';
import { runLb } from '../helpers/start-lb.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const names = commands.map(({ name }) => name);

/** Every command by the part of its name that no other begins with, and one of each kind of thing behind it. */
const typed: readonly (readonly [line: string, completed: string])[] = [
  ...names.map((name) => [shortestOf(name), name] as const),
  ['check --pri', 'check --print'],
  ['health --con', 'health --config'],
  ['start --config /etc/hostn', 'start --config /etc/hostname'],
  ['help dem', 'help demo'],
  ['completion fi', 'completion fish'],
];

function shortestOf(name: string): string {
  const others = [...names, 'help'].filter((other) => other !== name);
  for (let length = 1; length < name.length; length++) {
    const part = name.slice(0, length);
    if (!others.some((other) => other.startsWith(part))) return part;
  }
  return name;
}

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout, stderr } = await runLb(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const path = join(makeTempDir(), `lb.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

/** @returns what the shell made of each line, in order. */
function runShell(shell: string, args: readonly string[]): readonly string[] {
  const env = { PATH: '/usr/bin:/bin', HOME: makeTempDir(), TERM: 'dumb' };
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const options = { env, stdio: [...stdio], encoding: 'utf8', timeout: 30_000 } as const;
  return execFileSync(shell, [...args], { ...options, stdio: [...stdio] })
    .trimEnd()
    .split('\n');
}

const lines = typed.map(([line]) => line);
const completed = typed.map(([, line]) => line);

it('completes in bash', async () => {
  const program = `source "$0"
    for line; do
      COMP_WORDS=(lb $line) COMP_CWORD=$(set -- $line; echo $#)
      _lb
      echo "\${line% *}=\${COMPREPLY[*]}"
    done`;
  const answers = runShell('/bin/bash', [
    '--norc',
    '-c',
    program,
    await scriptFor('bash'),
    ...lines,
  ]);
  const whole = answers.map((answer, index) => {
    const [line = '', word = ''] = answer.split('=');
    return line === lines[index] ? word : `${line} ${word}`;
  });
  expect(whole).toEqual(completed);
});

describeWith('zsh')('zsh', () => {
  it('completes', async () => {
    // A terminal of its own, where the completed line runs a function that tells what it was given.
    const program = `zmodload zsh/zpty
      zpty shell 'zsh -f -i'
      zpty -w shell "autoload -Uz compinit; compinit -u -D; source $1; lb() { print -r 'GOT<'\\$*'>' }"
      for line in "\${@:2}"; do
        zpty -w shell "lb $line"$'\\t'
        zpty -r -m shell out $'*GOT<[^$]*>\\r*'
        print -r -- "\${\${out##*GOT<}%>*}"
      done`;
    const answers = runShell(pathOf('zsh'), [
      '-f',
      '-c',
      program,
      'zsh',
      await scriptFor('zsh'),
      ...lines,
    ]);
    expect(answers).toEqual(completed);
  });
});

describeWith('fish')('fish', () => {
  it('completes', async () => {
    const program = `source $argv[1]
      for line in $argv[2..]
        echo (string replace -r '[^ ]*$' '' -- $line)(complete -C "lb $line" | string replace -r '\\t.*' '')
      end`;
    const answers = runShell(pathOf('fish'), [
      '--no-config',
      '-c',
      program,
      await scriptFor('fish'),
      ...lines,
    ]);
    expect(answers).toEqual(completed);
  });
});

it('says which shells it knows', async () => {
  const { code, stderr } = await runLb(['completion', 'csh']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'lb: Cannot complete for "csh": needs bash, zsh or fish\n',
  });
});
