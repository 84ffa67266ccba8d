import { parseArgs } from 'node:util';
import { LbError } from '../foundation/lb-error.ts';
import { configPath } from './config-path.ts';
import type { Io } from './io.ts';

const USAGE = `lb: a load balancer for HTTP/1.1 and TCP

Usage:
  lb start [-c FILE] [--watch]   run; SIGTERM or Ctrl-C ends it in order; --watch reloads when FILE changes
  lb check [-c FILE] [--print]   say what is wrong with a configuration, or print it with every default
  lb demo                        three embedded backends behind a balancer; nothing else needed
  lb --version | --help

Without -c the configuration is ./lb.yaml, then /etc/lb/lb.yaml.
Exit codes: 0 done, 1 failed, 2 wrong usage or invalid configuration.
`;

const CONFIG = { config: { type: 'string', short: 'c' } } as const;

/**
 * Runs one command line. Commands are imported when they are named: `lb check` does not load the data path.
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

async function dispatch([command, ...rest]: readonly string[], io: Io): Promise<number> {
  switch (command) {
    case 'start': {
      const { runStart } = await import('./start.ts');
      const options = { ...CONFIG, watch: { type: 'boolean', default: false } } as const;
      const { config, watch } = parse(() => parseArgs({ args: rest, options })).values;
      return runStart({ config: configPath(config), watch }, io);
    }
    case 'check': {
      const { runCheck } = await import('./check.ts');
      const options = { ...CONFIG, print: { type: 'boolean', default: false } } as const;
      const { config, print } = parse(() => parseArgs({ args: rest, options })).values;
      return runCheck({ config: configPath(config), print }, io);
    }
    case 'demo': {
      const { runDemo } = await import('./demo.ts');
      const options = {
        listen: { type: 'string', default: ':8080' },
        admin: { type: 'string', default: '127.0.0.1:9901' },
      } as const;
      return runDemo(parse(() => parseArgs({ args: rest, options })).values, io);
    }
    case '--version': {
      const { readVersion } = await import('./version.ts');
      io.stdout(`lb ${readVersion()} (Node ${process.version})\n`);
      return 0;
    }
    case '--help':
    case 'help':
      io.stdout(USAGE);
      return 0;
    default:
      throw new LbError('USAGE', `${unknown(command)}; lb --help lists the commands`);
  }
}

function unknown(command: string | undefined): string {
  return command === undefined
    ? 'Cannot run: no command given'
    : `Cannot run ${JSON.stringify(command)}: no such command`;
}

/** parseArgs says what was wrong well enough; it only throws the wrong kind of error. */
function parse<T>(parser: () => T): T {
  try {
    return parser();
  } catch (cause) {
    // biome-ignore lint/style/useErrorCause: the cause is the third argument of LbError
    throw new LbError('USAGE', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
