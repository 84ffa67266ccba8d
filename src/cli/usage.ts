import type { Argument, Command, Option } from './command.ts';

/** Where it is said what a command does, and what an option does. */
const COLUMN = 46;
const OPTION_COLUMN = 28;

/** What `lb --help` prints. */
export function usageOf(commands: readonly Command[]): string {
  const rows = commands.map((command) => [synopsisOf(command, false), command.summary] as const);
  const all = [...rows, ['lb help COMMAND', 'all about one of them'] as const];
  return `lb: a load balancer for HTTP/1.1 and TCP

Usage:
${all.map(([typed, summary]) => row(typed, summary, COLUMN)).join('\n')}
  lb --version | --help

Without -c the configuration is ./lb.yaml, then /etc/lb/lb.yaml.
Exit codes: 0 done, 1 failed, 2 wrong usage or invalid configuration.
`;
}

/** What `lb help COMMAND` prints. */
export function helpOf(command: Command): string {
  const options = Object.entries(command.options).map(
    ([name, option]) => [typedOption(name, option), option.help] as const,
  );
  const rows = [...command.arguments.map(({ name, help }) => [name, help] as const), ...options];
  const parts = [
    `${synopsisOf(command, true)}\n\n${capital(command.summary)}.`,
    rows.map(([typed, help]) => row(typed, help, OPTION_COLUMN)).join('\n'),
    command.details.join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** @param whole with the options that every command of its kind has. */
export function synopsisOf({ name, arguments: all, options }: Command, whole: boolean): string {
  const shown = Object.entries(options).filter(([, { common }]) => whole || common !== true);
  return [
    `lb ${name}`,
    ...all.map(typedArgument),
    ...shown.map(([long, option]) => `[${shortest(long, option)}]${option.multiple ? '…' : ''}`),
  ].join(' ');
}

function typedArgument({ name, repeated }: Argument): string {
  return repeated === true ? `[${name}…]` : name;
}

function shortest(name: string, { short, value }: Option): string {
  const typed = short === undefined ? `--${name}` : `-${short}`;
  return value === undefined ? typed : `${typed} ${value}`;
}

/** `-c, --config FILE` */
export function typedOption(name: string, { short, value }: Option): string {
  const typed = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return value === undefined ? typed : `${typed} ${value}`;
}

function row(typed: string, text: string, column: number): string {
  return `  ${typed.padEnd(column - 2)}${text}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
