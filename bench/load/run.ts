import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { argv, pid, platform } from 'node:process';
import { type Checkout, describeCheckout, describeMachine, type Machine } from './machine.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { peers, referencePeer } from './peers/catalog.ts';
import { loadCpu } from './processes.ts';
import { scenarios } from './scenarios/catalog.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { runSession, warmUpSeconds } from './session.ts';
import { errorsOf, type PeerOutcome, summarise } from './summary.ts';
import { renderTable } from './table.ts';
import { findTool, type Tool } from './tools.ts';

const resultsDirectory = resolve(import.meta.dirname, '../results');

/** What a run needs beside its peers. */
interface Bench {
  readonly options: BenchOptions;
  readonly machine: Machine;
  readonly checkout: Checkout;
  readonly nginx: Tool;
  readonly wrk: Tool;
}

/** @returns the exit code: 0 every peer measured, 1 not, 2 wrong usage. */
async function main(): Promise<number> {
  const known = {
    scenarios: scenarios.map(({ name }) => name),
    peers: peers.map(({ name }) => name),
  };
  const parsed = parseOptions(argv.slice(2), known);
  if (parsed.kind === 'usage') {
    const output = parsed.problem === null ? process.stdout : process.stderr;
    output.write(`${parsed.problem === null ? '' : `${parsed.problem}\n`}${usage(known)}`);
    return parsed.problem === null ? 0 : 2;
  }
  const bench = prepareBench(parsed.options);
  if (typeof bench === 'string') {
    process.stderr.write(`Cannot run the load benchmark: ${bench}\n`);
    return 1;
  }
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abort.abort());
  try {
    let sound = true;
    for (const scenario of scenarios.filter(({ name }) => bench.options.scenarios.includes(name))) {
      sound = (await benchScenario(bench, scenario, abort.signal)) && sound;
    }
    return sound ? 0 : 1;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.stderr.write('Interrupted: everything stopped, nothing written for this scenario\n');
    return 130;
  }
}

/** Looks for what a run cannot do without; a string says what is missing. */
function prepareBench(options: BenchOptions): Bench | string {
  if (platform !== 'linux') return `found ${platform}, need Linux (taskset, /proc)`;
  if (availableParallelism() < 2)
    return 'found 1 core, need 2: one for the proxy, one for the rest';
  const machine = describeMachine();
  const nginx = findTool('nginx', '-v');
  const wrk = findTool('wrk', '-v');
  const taskset = findTool('taskset', '--version');
  if (nginx === null || wrk === null || taskset === null) {
    return 'it needs wrk, taskset (util-linux) and nginx (as the backends): apt-get install wrk util-linux nginx-light';
  }
  // This program keeps off the proxy's core as well, with all its threads.
  execFileSync('taskset', ['-a', '-p', '-c', String(loadCpu), String(pid)], { stdio: 'ignore' });
  return { options, machine, checkout: describeCheckout(), nginx, wrk };
}

/** @returns false when a row is missing that should be there. */
async function benchScenario(
  bench: Bench,
  scenario: Scenario,
  signal: AbortSignal,
): Promise<boolean> {
  const { rounds, seconds } = bench.options;
  const outcomes = await runSession(
    {
      scenario,
      peers: peers.filter(({ name }) => bench.options.peers.includes(name)),
      rounds,
      seconds,
      nginx: bench.nginx,
      report: showProgress,
    },
    signal,
  );
  const summaries = summarise(scenario, outcomes, referencePeer);
  const file = await writeResult(bench, scenario, outcomes, summaries);
  showProgress('');
  const { cpu, cores, kernel, loadAverage } = bench.machine;
  process.stdout.write(`${scenario.name}: ${scenario.summary}; median of ${rounds} rounds of ${seconds} s
${cpu}, ${cores} cores, ${kernel}, load average before ${loadAverage.toFixed(2)}

${renderTable(scenario, outcomes, summaries, referencePeer)}

${relative(process.cwd(), file)}

`);
  return outcomes.every(
    (outcome) =>
      outcome.kind === 'skipped' ||
      (outcome.kind === 'measured' && errorsOf(outcome.rounds).length === 0),
  );
}

async function writeResult(
  { options, machine, checkout, nginx, wrk }: Bench,
  scenario: Scenario,
  outcomes: readonly PeerOutcome[],
  summaries: ReturnType<typeof summarise>,
): Promise<string> {
  const finished = new Date().toISOString();
  const { name, summary, costTitle } = scenario;
  const { rounds, seconds } = options;
  const result = {
    scenario: { name, summary, costTitle },
    finished,
    ...checkout,
    machine,
    versions: { node: process.version, wrk: wrk.version, backends: `nginx ${nginx.version}` },
    parameters: { rounds, seconds, warmUpSeconds },
    referencePeer,
    summaries,
    outcomes,
  };
  // To the minute, so that a second run does not replace the first: 2026-01-31T1245.
  const date = finished.slice(0, 16).replace(':', '');
  const file = join(resultsDirectory, `${date}-${checkout.commit}-${name}.json`);
  await mkdir(resultsDirectory, { recursive: true });
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

/** One line that is overwritten, on a terminal only. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

process.exitCode = await main();
