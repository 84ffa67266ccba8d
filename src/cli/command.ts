import { parseArgs } from 'node:util';
import { LbError } from '../foundation/lb-error.ts';
import type { Io } from './io.ts';

/** What a command is given besides its options: `POOL/BACKEND`. */
export interface Argument {
  /** As the usage writes it, in capitals. */
  readonly name: string;
  readonly help: string;
  /** Only the last one may be: any number of them, none included. */
  readonly repeated?: true;
  /** The words it may be, where these are known beforehand. */
  readonly choices?: readonly string[];
}

export interface Option {
  readonly type: 'string' | 'boolean';
  /** One letter. */
  readonly short?: string;
  /** What stands for the value in the usage, in capitals; a boolean has none. */
  readonly value?: string;
  readonly help: string;
  /** May be given more than once. */
  readonly multiple?: true;
  /** Part of the usage only with `lb help COMMAND`: an option of every command of its kind. */
  readonly common?: true;
}

export type Options = Readonly<Record<string, Option>>;

type OptionValue<One extends Option> = One extends { readonly type: 'boolean' }
  ? boolean
  : One extends { readonly multiple: true }
    ? readonly string[]
    : string;

/** What was given; an option that was not is undefined. */
export type Values<All extends Options> = {
  readonly [Name in keyof All]: OptionValue<All[Name]> | undefined;
};

/** One sub-command: what usage, help, man page and completion say of it, and what it does. */
export interface Command {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly arguments: readonly Argument[];
  readonly options: Options;
  /** Whole lines for `lb help COMMAND`. */
  readonly details: readonly string[];
  /**
   * @param args what follows the command's name.
   * @returns the exit code.
   * @throws LbError USAGE for arguments that are not the command's.
   */
  run(args: readonly string[], io: Io): Promise<number>;
}

interface Definition<All extends Options> extends Omit<Command, 'run' | 'options' | 'details'> {
  readonly options: All;
  readonly details?: readonly string[];
  readonly run: (values: Values<All>, args: readonly string[], io: Io) => Promise<number>;
}

/** `run` imports what does the work when it is called: `lb check` does not load the data path. */
export function defineCommand<const All extends Options>(definition: Definition<All>): Command {
  const { run, details = [], ...described } = definition;
  return {
    ...described,
    details,
    run: (args, io) => {
      const { values, positionals } = parse(described, args);
      return run(values as Values<All>, positionals, io); // parseArgs goes by the same options
    },
  };
}

/** parseArgs says what was wrong with options well enough; it only throws the wrong kind of error. */
function parse(command: Pick<Command, 'name' | 'arguments' | 'options'>, args: readonly string[]) {
  const options = Object.entries(command.options).map(([name, option]) => {
    const { type, short, multiple = false } = option;
    return [name, { type, multiple, ...(short === undefined ? {} : { short }) }];
  });
  try {
    const given = parseArgs({
      args: [...args],
      options: Object.fromEntries(options),
      allowPositionals: command.arguments.length > 0,
    });
    checkCount(command, given.positionals);
    return given;
  } catch (cause) {
    if (cause instanceof LbError) throw cause;
    // biome-ignore lint/style/useErrorCause: the cause is the third argument of LbError
    throw new LbError('USAGE', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function checkCount(command: Pick<Command, 'name' | 'arguments'>, given: readonly string[]): void {
  const missing = command.arguments[given.length];
  if (missing !== undefined && missing.repeated !== true) {
    throw new LbError('USAGE', `Cannot run ${command.name}: ${missing.name} is missing`);
  }
  const surplus = given[command.arguments.length];
  if (surplus !== undefined && command.arguments.at(-1)?.repeated !== true) {
    const found = JSON.stringify(surplus);
    throw new LbError('USAGE', `Cannot run ${command.name}: ${found} is one argument too many`);
  }
}
