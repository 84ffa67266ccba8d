import { parseArgs } from 'node:util';

export interface SimOptions {
  /** Names of scenarios, in the order of the catalog. */
  readonly scenarios: readonly string[];
  /** Modules with a custom algorithm, to compare beside the catalog's. */
  readonly custom: readonly string[];
  /** The table of docs/algorithms.md instead of one for each scenario. */
  readonly markdown: boolean;
}

/** Run, or print `usage` (with `problem` when there is one) and leave. */
export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: SimOptions }
  | { readonly kind: 'usage'; readonly problem: string | null };

/** @param argv without node and script. */
export function parseOptions(argv: readonly string[], known: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        scenario: { type: 'string', default: 'all' },
        algorithm: { type: 'string', multiple: true, default: [] },
        markdown: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'usage', problem: null };
    const options = {
      scenarios: parseScenarios(values.scenario, known),
      custom: values.algorithm,
      markdown: values.markdown,
    };
    return { kind: 'run', options };
  } catch (error) {
    return { kind: 'usage', problem: error instanceof Error ? error.message : String(error) };
  }
}

export function usage(known: readonly string[]): string {
  return `npm run sim -- [--scenario NAMES] [--algorithm PATH]... [--markdown]
  --scenario   ${known.join(',')} or all (all)
  --algorithm  a module with a custom algorithm, compared with those of lb
  --markdown   one table of all scenarios, as in docs/algorithms.md
`;
}

function parseScenarios(text: string, known: readonly string[]): readonly string[] {
  if (text === 'all') return known;
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`Cannot use --scenario "${unknown}": need ${known.join(', ')} or all`);
  }
  return known.filter((name) => names.includes(name));
}
