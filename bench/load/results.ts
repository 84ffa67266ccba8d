import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Checkout, Machine } from './machine.ts';
import { type Line, renderPlot } from './plot.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { PeerOutcome, PeerSummary } from './summary.ts';
import { renderTable } from './table.ts';

const resultsDirectory = resolve(import.meta.dirname, '../results');

/** What all scenarios of a run have in common; stands in every result. */
export interface RunFacts extends Checkout {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, number>>;
  readonly referencePeer: string;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly outcomes: readonly PeerOutcome[];
  readonly summaries: readonly PeerSummary[];
}

/**
 * The folder of one run: `<scenario>.json` with every round, `README.md` with the tables, `connections.svg` once there
 * is enough for it. Each scenario is written when it is done, so an interrupted run leaves what it had.
 */
export class RunResults {
  readonly directory: string;
  readonly #facts: RunFacts;
  /** Scenarios that are the points of the plot, in rising order. */
  readonly #plotted: readonly { readonly name: string; readonly connections: number }[];
  readonly #results: ScenarioResult[];

  constructor(facts: RunFacts, plotted: readonly { name: string; connections: number }[]) {
    // To the minute, so that a second run does not replace the first: 2026-01-31T1245.
    const date = new Date().toISOString().slice(0, 16).replace(':', '');
    this.directory = join(resultsDirectory, `${date}-${facts.commit}`);
    this.#facts = facts;
    this.#plotted = plotted;
    this.#results = [];
  }

  /** @returns the scenario's section of the README. */
  async add(result: ScenarioResult): Promise<string> {
    this.#results.push(result);
    const { scenario, outcomes, summaries } = result;
    const { name, summary, costTitle } = scenario;
    const finished = new Date().toISOString();
    await mkdir(this.directory, { recursive: true });
    await this.#write(
      `${name}.json`,
      `${JSON.stringify({ scenario: { name, summary, costTitle }, finished, ...this.#facts, summaries, outcomes }, null, 2)}\n`,
    );
    const plot = this.#renderPlot();
    if (plot !== null) await this.#write('connections.svg', plot);
    await this.#write('README.md', this.#renderReadme(plot !== null));
    return this.#renderSection(result);
  }

  #write(name: string, text: string): Promise<void> {
    return writeFile(join(this.directory, name), text);
  }

  #renderSection({ scenario, outcomes, summaries }: ScenarioResult): string {
    const table = renderTable(scenario, outcomes, summaries, this.#facts.referencePeer);
    return `## ${scenario.name}\n${scenario.summary}\n\n${table}\n`;
  }

  /** What was measured, where and how. */
  describe(): string {
    const { machine, parameters, commit, dirty, versions } = this.#facts;
    const tools = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return [
      `Commit ${commit}${dirty ? ', with changes' : ''}. ${renderMachine(machine)}.`,
      `${tools.join(', ')}. Median of ${parameters['rounds']} rounds of ${parameters['seconds']} s.`,
      '',
    ].join('\n');
  }

  #renderReadme(hasPlot: boolean): string {
    return [
      '# Load benchmark\n',
      `${this.describe()}What the columns are: [bench](../../README.md).\n`,
      ...(hasPlot ? ['![CPU time per request against connections](connections.svg)\n'] : []),
      ...this.#results.map((result) => this.#renderSection(result)),
    ].join('\n');
  }

  /** null until each of its points has a scenario with rows. */
  #renderPlot(): string | null {
    const points = this.#plotted.map(({ name, connections }) => ({
      connections,
      summaries: this.#results.find(({ scenario }) => scenario.name === name)?.summaries ?? [],
    }));
    const lines = collectLines(points);
    return lines.length === 0 ? null : renderPlot(lines, renderMachine(this.#facts.machine));
  }
}

/** @returns a line for each peer that has a row, with a cost above 0, at every point. */
export function collectLines(
  points: readonly {
    readonly connections: number;
    readonly summaries: readonly Pick<PeerSummary, 'name' | 'cost'>[];
  }[],
): readonly Line[] {
  const names = points[0]?.summaries.map(({ name }) => name) ?? [];
  return names
    .map((name) => ({
      name,
      points: points.flatMap(({ connections, summaries }) => {
        const summary = summaries.find((candidate) => candidate.name === name);
        // Less than the clock can tell has no place on a logarithmic axis.
        if (summary === undefined || summary.cost.median === 0) return [];
        return [{ connections, cost: summary.cost.median }];
      }),
    }))
    .filter((line) => line.points.length === points.length);
}

function renderMachine({ cpu, cores, kernel, loadAverage }: Machine): string {
  return `${cpu}, ${cores} cores, ${kernel}, load average before ${loadAverage.toFixed(2)}`;
}
