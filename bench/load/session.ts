import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackends } from './backends.ts';
import type { Peer } from './peers/peer.ts';
import { findFreePort, ProcessGroup, proxyCpu } from './processes.ts';
import type { Measurement, Scenario, Target } from './scenarios/scenario.ts';
import type { PeerOutcome } from './summary.ts';
import type { Tool } from './tools.ts';

/** Before a peer's first round: compilers warm up, connections to backends open. Not measured. */
export const warmUpSeconds = 2;

export interface SessionOptions {
  readonly scenario: Scenario;
  readonly peers: readonly Peer[];
  readonly rounds: number;
  /** Length of one round for one peer. */
  readonly seconds: number;
  /** Serves as the backends. */
  readonly nginx: Tool;
  /** Told what is being done, one line at a time. */
  readonly report: (line: string) => void;
}

interface Contender {
  readonly name: string;
  readonly version: string;
  readonly target: Target;
  readonly rounds: Measurement[];
  /** null while it works; then why it no longer takes part. */
  failure: string | null;
}

/**
 * One scenario over all peers, which run side by side for the whole session and are loaded one at a time, in turn:
 * A B C, A B C. Whatever it started is stopped and whatever it wrote is removed when it settles.
 */
export async function runSession(
  options: SessionOptions,
  signal: AbortSignal,
): Promise<readonly PeerOutcome[]> {
  const directory = await mkdtemp(join(tmpdir(), 'lb-bench-'));
  const processes = new ProcessGroup();
  try {
    const ports = await startBackends(options.nginx, directory, processes, signal);
    const entries: (Contender | PeerOutcome)[] = [];
    for (const peer of options.peers) {
      entries.push(await admit(peer, directory, ports, processes, signal));
    }
    const contenders = entries.filter((entry) => 'target' in entry);
    await warmUp(contenders, options, signal);
    for (let round = 1; round <= options.rounds; round++) {
      for (const contender of contenders) await playRound(contender, round, options, signal);
    }
    return entries.map((entry) => ('target' in entry ? outcomeOf(entry) : entry));
  } finally {
    await processes.stopAll();
    await rm(directory, { recursive: true });
  }
}

/** Starts a peer; one that is missing or does not start leaves the session to the others. */
async function admit(
  peer: Peer,
  parentDirectory: string,
  backendPorts: readonly [number, number],
  processes: ProcessGroup,
  signal: AbortSignal,
): Promise<Contender | PeerOutcome> {
  const { name } = peer;
  const tool = peer.find();
  if (tool === null) return { kind: 'skipped', name, reason: 'not installed' };
  const { version } = tool;
  const directory = join(parentDirectory, name);
  await mkdir(directory);
  const accessLog = join(directory, 'access.log');
  const port = await findFreePort();
  try {
    const command = await peer.prepare(tool, { directory, port, backendPorts, accessLog });
    const stderrFile = join(directory, 'stderr.log');
    const { pid } = await processes.start(
      { name, command, cpu: proxyCpu, port, stdoutFile: accessLog, stderrFile },
      signal,
    );
    return { name, version, target: { pid, port, accessLog }, rounds: [], failure: null };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', name, version, reason: messageOf(error) };
  }
}

async function warmUp(
  contenders: readonly Contender[],
  { scenario, report }: SessionOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const contender of contenders) {
    report(`${scenario.name}: warming up ${contender.name}`);
    await attempt(contender, signal, async () => {
      await scenario.verify(contender.target, signal);
      await scenario.measure(contender.target, warmUpSeconds, signal);
    });
  }
}

async function playRound(
  contender: Contender,
  round: number,
  { scenario, rounds, seconds, report }: SessionOptions,
  signal: AbortSignal,
): Promise<void> {
  if (contender.failure !== null) return;
  report(`${scenario.name}: round ${round} of ${rounds}, ${contender.name}`);
  await attempt(contender, signal, async () => {
    contender.rounds.push(await scenario.measure(contender.target, seconds, signal));
  });
}

/** A step that fails ends the peer's part in the session; an abort ends the session. */
async function attempt(
  contender: Contender,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    signal.throwIfAborted();
    contender.failure = messageOf(error);
  }
}

function outcomeOf({ name, version, rounds, failure }: Contender): PeerOutcome {
  if (failure !== null) return { kind: 'failed', name, version, reason: failure };
  return { kind: 'measured', name, version, rounds };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
