import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { argv, pid, platform } from 'node:process';
import type { BackendTools } from './backends.ts';
import { describeCheckout, describeMachine } from './machine.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { equalRatePeers, peers, referencePeer } from './peers/catalog.ts';
import { loadCpu } from './processes.ts';
import { compilePrograms } from './programs.ts';
import { RunResults } from './results.ts';
import { connectionScenarios, scenarios } from './scenarios/catalog.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { runSession, warmUpSeconds } from './session.ts';
import { errorsOf, type PeerOutcome, summarise } from './summary.ts';
import { findTool, type Tool } from './tools.ts';

/** 8,000 clients make a relay hold 16,000 connections. */
const openFiles = 65_536;

/** What the scenarios of a run share. */
interface Bench {
  readonly options: BenchOptions;
  readonly tools: BackendTools;
  /** Temporary. */
  readonly directory: string;
  readonly results: RunResults;
  readonly signal: AbortSignal;
}

interface RequiredTools {
  readonly nginx: Tool;
  readonly compiler: Tool;
}

/** @returns the exit code: 0 every peer measured, 1 not, 2 wrong usage, 130 interrupted. */
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
  const required = findRequired();
  if (typeof required === 'string') {
    process.stderr.write(`Cannot run the load benchmark: ${required}\n`);
    return 1;
  }
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abort.abort());
  const directory = await mkdtemp(join(tmpdir(), 'lb-bench-'));
  try {
    return await runScenarios(parsed.options, required, directory, abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.stderr.write('Interrupted: everything stopped, nothing written for this scenario\n');
    return 130;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Looks for what a run cannot do without; a string says what is missing. */
function findRequired(): RequiredTools | string {
  if (platform !== 'linux') return `found ${platform}, need Linux (taskset, /proc)`;
  if (availableParallelism() < 2)
    return 'found 1 core, need 2: one for the proxy, one for the rest';
  const nginx = findTool('nginx', '-v');
  const compiler = findTool('cc', '--version');
  if (nginx === null || compiler === null || findTool('taskset', '--version') === null) {
    return 'it needs nginx (as the backends), cc and taskset: apt-get install nginx gcc libc6-dev util-linux';
  }
  return { nginx, compiler };
}

async function runScenarios(
  options: BenchOptions,
  { nginx, compiler }: RequiredTools,
  directory: string,
  signal: AbortSignal,
): Promise<number> {
  const { rounds, seconds } = options;
  const facts = {
    ...describeCheckout(),
    machine: describeMachine(),
    versions: { node: process.version, backends: `nginx ${nginx.version}`, cc: compiler.version },
    parameters: { rounds, seconds, warmUpSeconds },
    referencePeer,
  };
  const results = new RunResults(facts, connectionScenarios);
  process.stdout.write(`${results.describe()}\n`);
  const tools = { nginx, programs: compilePrograms(compiler, directory) };
  prepareThisProcess();
  let sound = true;
  for (const scenario of scenarios.filter(({ name }) => options.scenarios.includes(name))) {
    const bench = { options, tools, directory, results, signal };
    sound = (await runScenario(scenario, bench)) && sound;
  }
  process.stdout.write(`${relative(process.cwd(), results.directory)}\n`);
  return sound ? 0 : 1;
}

function prepareThisProcess(): void {
  // This program keeps off the proxy's core as well, with all its threads.
  execFileSync('taskset', ['-a', '-p', '-c', String(loadCpu), String(pid)], { stdio: 'ignore' });
  try {
    // Handed down to all that it starts.
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${openFiles}`], { stdio: 'ignore' });
  } catch {
    // Without the right to: the limit stays what it is, and where it is too low a row says so.
  }
}

/** @returns false when a row is missing that should be there. */
async function runScenario(scenario: Scenario, bench: Bench): Promise<boolean> {
  const { results } = bench;
  const outcomes = await measureScenario(scenario, bench);
  const summaries = summarise(scenario, outcomes, referencePeer);
  const section = await results.add({ scenario, outcomes, summaries });
  showProgress('');
  process.stdout.write(`${section}\n`);
  return outcomes.every(
    (outcome) =>
      outcome.kind === 'skipped' || (outcome.kind === 'measured' && errorsOf(outcome).length === 0),
  );
}

function measureScenario(
  scenario: Scenario,
  { options, tools, directory, signal }: Bench,
): Promise<readonly PeerOutcome[]> {
  const { rounds, seconds } = options;
  if (scenario.kind === 'modules') {
    showProgress(`${scenario.name}: ${rounds} rounds`);
    return scenario.measure(rounds, signal);
  }
  return runSession(
    {
      scenario,
      peers: peers.filter(({ name }) => options.peers.includes(name)),
      rounds,
      seconds,
      tools,
      directory,
      equalRatePeers,
      report: showProgress,
    },
    signal,
  );
}

/** One line that is overwritten, on a terminal only. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

process.exitCode = await main();
