import { didYouMean } from '../foundation/did-you-mean.ts';
import { LbError } from '../foundation/lb-error.ts';
import type { Command } from './command.ts';
import { commands } from './commands/catalog.ts';
import type { Io } from './io.ts';
import { helpOf, usageOf } from './usage.ts';

/**
 * Runs one command line.
 *
 * @returns the exit code; never rejects for anything a user can cause.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (!(error instanceof LbError)) throw error;
    io.stderr(`lb: ${error.message}\n`);
    return error.code === 'USAGE' ? 2 : 1;
  }
}

async function dispatch([name, ...rest]: readonly string[], io: Io): Promise<number> {
  switch (name) {
    case '--version': {
      const { readCommit, readVersion } = await import('./version.ts');
      io.stdout(
        `lb ${readVersion()} (${readCommit() ?? 'commit unknown'}, Node ${process.version})\n`,
      );
      return 0;
    }
    case '--help':
    case 'help': {
      const [about] = rest;
      io.stdout(about === undefined ? usageOf(commands) : helpOf(commandNamed(about)));
      return 0;
    }
    default: {
      const command = commandNamed(name);
      if (rest.includes('--help')) {
        io.stdout(helpOf(command));
        return 0;
      }
      return command.run(rest, io);
    }
  }
}

/** @throws LbError USAGE when there is none. */
function commandNamed(name: string | undefined): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const names = commands.map((candidate) => candidate.name);
  const what =
    name === undefined
      ? 'Cannot run: no command given'
      : `Cannot run ${JSON.stringify(name)}: no such command${didYouMean(name, names)}`;
  const end = what.endsWith('?') ? ' lb --help' : '; lb --help';
  throw new LbError('USAGE', `${what}${end} lists the commands`);
}
