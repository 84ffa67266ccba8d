import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Peer, PeerSetup } from './peers/peer.ts';
import { findFreePort, type ProcessGroup, proxyCpu } from './processes.ts';
import type { Measurement, PeerScenario, Target } from './scenarios/scenario.ts';
import type { PeerOutcome } from './summary.ts';
import type { Tool } from './tools.ts';

/** More are for a reload, which replaces the first by the last. */
const maxBackends = 1000;

/** A peer that takes part in a session. */
export interface Contender {
  readonly peer: Peer;
  readonly tool: Tool;
  readonly setup: PeerSetup;
  /** After a reload. */
  readonly nextSetup: PeerSetup;
  readonly rounds: Measurement[];
  readonly halfLoadRounds: Measurement[];
  /** null while it works; then why it no longer takes part. */
  failure: string | null;
}

/** A started contender. */
export interface Started {
  readonly target: Target;
  stop(): Promise<void>;
}

/** @returns why not, for a peer that cannot take part. */
export async function admit(
  peer: Peer,
  { job }: PeerScenario,
  parentDirectory: string,
  backends: readonly string[],
): Promise<Contender | PeerOutcome> {
  const { name } = peer;
  const tool = peer.find(job);
  if (typeof tool === 'string') return { kind: 'skipped', name, reason: tool };
  const directory = join(parentDirectory, name);
  await mkdir(directory);
  const setup = {
    job,
    directory,
    port: await findFreePort(),
    adminPort: await findFreePort(),
    backends: backends.slice(0, maxBackends),
    accessLog: join(directory, 'access.log'),
    generation: 1,
  };
  const nextSetup = { ...setup, backends: backends.slice(-maxBackends), generation: 2 };
  return { peer, tool, setup, nextSetup, rounds: [], halfLoadRounds: [], failure: null };
}

/** Starts the peer and has it answer a first request, which is verified. */
export async function startContender(
  { peer, tool, setup, nextSetup }: Contender,
  { verify }: PeerScenario,
  processes: ProcessGroup,
  signal: AbortSignal,
): Promise<Started> {
  const { directory, port, accessLog } = setup;
  const command = await peer.prepare(tool, setup);
  const stderrFile = join(directory, 'stderr.log');
  const started = await processes.start(
    { name: peer.name, command, cpu: proxyCpu, port, stdoutFile: accessLog, stderrFile },
    signal,
  );
  await verify(port, signal);
  const { pid, startedMs, stop } = started;
  const reload = async () => {
    if (peer.reloadSignal === null) throw new Error(`${peer.name} has no signal to reload`);
    await peer.prepare(tool, nextSetup);
    process.kill(pid, peer.reloadSignal);
    return performance.now();
  };
  return {
    target: { pid, port, accessLog, firstAnswerMs: performance.now() - startedMs, reload },
    stop,
  };
}

/** A step that fails ends the contender's part in the session; an abort ends the session. */
export async function attempt(
  contender: Contender,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<void> {
  if (contender.failure !== null) return;
  try {
    await step();
  } catch (error) {
    signal.throwIfAborted();
    contender.failure = error instanceof Error ? error.message : String(error);
  }
}

export function outcomeOf(contender: Contender): PeerOutcome {
  const { peer, tool, rounds, halfLoadRounds, failure } = contender;
  const { name } = peer;
  const { version } = tool;
  if (failure !== null) return { kind: 'failed', name, version, reason: failure };
  return { kind: 'measured', name, version, rounds, halfLoadRounds };
}
