import type { Command, Option } from '../command.ts';
import { ALONE, choicesOf, HELP, optionsOf } from './words.ts';

/** For fish 3 and later. */
export function renderFish(commands: readonly Command[]): string {
  const first = 'complete -c lb -n __fish_use_subcommand';
  return `# fish completion for lb, made by: lb completion fish
complete -c lb -f
${[...commands, HELP].map(({ name, summary }) => `${first} -a ${name} -d ${text(summary)}`).join('\n')}
${ALONE.map(({ name, summary }) => `${first} -l ${name} -d ${text(summary)}`).join('\n')}
${commands.flatMap(linesOf).join('\n')}
${after(HELP.name)} -a ${text(commands.map(({ name }) => name).join(' '))}
`;
}

function linesOf(command: Command): readonly string[] {
  const choices = choicesOf(command);
  const start = after(command.name);
  return [
    ...optionsOf(command).map(([name, option]) => `${start} ${optionFlags(name, option)}`),
    ...(choices.length === 0 ? [] : [`${start} -a ${text(choices.join(' '))}`]),
  ];
}

function after(command: string): string {
  return `complete -c lb -n '__fish_seen_subcommand_from ${command}'`;
}

function optionFlags(name: string, { short, value, help }: Option): string {
  const file = value === 'FILE' ? ['-r', '-F'] : ['-x'];
  return [
    ...(short === undefined ? [] : [`-s ${short}`]),
    `-l ${name}`,
    ...(value === undefined ? [] : file),
    `-d ${text(help)}`,
  ].join(' ');
}

/** Within single quotes fish knows two escapes. */
function text(plain: string): string {
  return `'${plain.replace(/['\\]/g, '\\$&')}'`;
}
