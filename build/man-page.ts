import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from '../src/cli/command.ts';
import { commands } from '../src/cli/commands/catalog.ts';
import { synopsisOf, typedOption } from '../src/cli/usage.ts';
import { readVersion } from '../src/cli/version.ts';
import { type Revision, readRevision } from './revision.ts';

const root = resolve(import.meta.dirname, '..');

/** Sections that no table knows, in roff (man(7)). */
const SIGNALS: readonly Entry[] = [
  [
    'SIGHUP',
    'Reload the configuration. A file that cannot be used changes nothing; the log says why.',
  ],
  [
    'SIGTERM, SIGINT',
    'Stop in order: finish what is under way, for as long as global.shutdown allows.',
  ],
  ['SIGQUIT, or a second SIGTERM or SIGINT', 'Stop now.'],
];

const FILES: readonly Entry[] = [
  ['./lb.yaml, /etc/lb/lb.yaml', 'The configuration, in this order, when -c does not name it.'],
  ['/var/lib/lb', 'Folder of the state file (global.state_file) under systemd.'],
  ['/run/lb', 'Folder of the control socket under systemd.'],
];

const ENVIRONMENT: readonly Entry[] = [
  ['LISTEN_FDS, LISTEN_PID', 'Sockets that systemd has opened for lb; see sd_listen_fds(3).'],
  ['NO_COLOR', 'When it is not empty, no colours.'],
  ['Any other', `Stands for \${NAME} and \${NAME:-default} in the configuration.`],
];

const EXIT_STATUS: readonly Entry[] = [
  ['0', 'Done; of lb start: stopped, and nothing was cut.'],
  ['1', 'Failed; of lb start also: connections were cut at the end.'],
  ['2', 'Wrong usage or an invalid configuration.'],
];

const EXAMPLE = `listeners:
  - bind: ":8080"
    pool: web
pools:
  web:
    backends: [10.0.0.11:3000, 10.0.0.12:3000]`;

type Entry = readonly [term: string, text: string];

/** @returns the manual page lb(1): commands and options as the catalog has them. */
export function renderManPage(version: string, { seconds }: Revision): string {
  const date = new Date(seconds * 1000).toISOString().slice(0, 10);
  const parts = [
    `.TH LB 1 ${date} "lb ${version}" "User Commands"`,
    '.SH NAME\nlb \\- load balancer for HTTP/1.1 and TCP',
    `.SH SYNOPSIS\n${[
      ...commands.map((command) => synopsisOf(command, false)),
      'lb help COMMAND',
      'lb --version',
    ]
      .map(synopsisLine)
      .join('\n.br\n')}`,
    `.SH DESCRIPTION\n${text('lb is one process with one YAML file. It balances HTTP/1.1 and TCP over pools of backends, checks their health, reloads without dropping a request, and says in log and metrics what it did and why.')}`,
    `.SH COMMANDS\n${commands.map(commandEntry).join('\n')}`,
    section('SIGNALS', SIGNALS),
    section('FILES', FILES),
    section('ENVIRONMENT', ENVIRONMENT),
    section('EXIT STATUS', EXIT_STATUS),
    `.SH EXAMPLES\n${text('The smallest configuration that is of use:')}\n.PP\n.nf\n.RS 4\n${text(EXAMPLE)}\n.RE\n.fi`,
    `.SH SEE ALSO\n${text('systemd.service(5), systemd.socket(5), kill(1)')}`,
  ];
  return `${parts.join('\n')}\n`;
}

function section(name: string, entries: readonly Entry[]): string {
  return `.SH ${name}\n${entries.map(entry).join('\n')}`;
}

function entry([term, about]: Entry): string {
  return `.TP\n.B ${text(term)}\n${text(about)}`;
}

function synopsisLine(line: string): string {
  const [program = '', command = '', ...rest] = line.split(' ');
  return `.B ${text(`${program} ${command}`)}${rest.length === 0 ? '' : `\n${text(rest.join(' '))}`}`;
}

function commandEntry(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) =>
    entry([typedOption(name, option), sentence(option.help)]),
  );
  const all = command.arguments.map(({ name, help }) => entry([name, sentence(help)]));
  const details = command.details.length === 0 ? [] : [`.PP\n${text(command.details.join('\n'))}`];
  const about = `.SS ${text(synopsisOf(command, true))}\n${text(sentence(command.summary))}`;
  return [about, ...all, ...options, ...details].join('\n');
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

/** Plain text as roff: a backslash, a hyphen, and a dot or quote at the start of a line would mean something else. */
function text(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/^(?=[.'])/gm, '\\&');
}

/** Writes lb.1 beside the executable. */
export function writeManPage(path: string, revision: Revision): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, renderManPage(readVersion(), revision));
}

if (process.argv[1] === import.meta.filename) {
  writeManPage(join(root, 'dist/lb.1'), readRevision(process.env));
}
