import type { Command, Option } from '../command.ts';

/** What stands in the place of a command without being one of the catalog. */
export const HELP = { name: 'help', summary: 'all about one command' } as const;

/** Options instead of a command. */
export const ALONE = [
  { name: 'help', summary: 'list the commands' },
  { name: 'version', summary: 'print version, commit and runtime' },
] as const;

/** The options of a command as a list, `--help` included. */
export function optionsOf({ options }: Command): readonly (readonly [string, Option])[] {
  return [
    ...Object.entries(options),
    ['help', { type: 'boolean', help: 'all about this command' }],
  ];
}

/** The ways to type an option: `-c`, `--config`. */
export function spellings(name: string, { short }: Option): readonly string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

/** Words that a command's arguments may be, where they are known beforehand. */
export function choicesOf({ arguments: all }: Command): readonly string[] {
  return all.flatMap(({ choices = [] }) => choices);
}

/** In single quotes, for any of the shells but for what its own syntax adds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
