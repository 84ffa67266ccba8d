import { parseArgs } from 'node:util';

/** The names that the catalogs hold. */
export interface KnownNames {
  readonly scenarios: readonly string[];
  readonly peers: readonly string[];
}

export interface BenchOptions {
  readonly scenarios: readonly string[];
  readonly peers: readonly string[];
  readonly rounds: number;
  /** Length of one round for one peer. */
  readonly seconds: number;
}

/** Run, or print `usage` (with `problem` when there is one) and leave. */
export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: BenchOptions }
  | { readonly kind: 'usage'; readonly problem: string | null };

const maxRounds = 100;
const maxSeconds = 300;

/** @param argv without node and script. */
export function parseOptions(argv: readonly string[], known: KnownNames): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        scenario: { type: 'string', default: 'small' },
        peers: { type: 'string', default: 'all' },
        rounds: { type: 'string', default: '4' },
        seconds: { type: 'string', default: '2' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'usage', problem: null };
    const options = {
      scenarios: parseNames('scenario', values.scenario, known.scenarios),
      peers: parseNames('peers', values.peers, known.peers),
      rounds: parseCount('rounds', values.rounds, maxRounds),
      seconds: parseCount('seconds', values.seconds, maxSeconds),
    };
    return { kind: 'run', options };
  } catch (error) {
    return { kind: 'usage', problem: error instanceof Error ? error.message : String(error) };
  }
}

export function usage(known: KnownNames): string {
  return `npm run bench -- [--scenario NAMES] [--peers NAMES] [--rounds N] [--seconds S]
  --scenario  ${known.scenarios.join(',')} or all (small)
  --peers     ${known.peers.join(',')} or all (all that are installed)
  --rounds    times each peer is measured (4)
  --seconds   length of each measurement (2)
`;
}

/** `a,b` or `all`, in the order of the catalog and without repetition. */
function parseNames(option: string, text: string, known: readonly string[]): readonly string[] {
  if (text === 'all') return known;
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`Cannot use --${option} "${unknown}": need ${known.join(', ')} or all`);
  }
  return known.filter((name) => names.includes(name));
}

function parseCount(option: string, text: string, max: number): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  throw new Error(`Cannot use --${option} "${text}": need a whole number from 1 to ${max}`);
}
