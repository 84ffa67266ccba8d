import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackendTools, startBackends } from './backends.ts';
import { admit, attempt, type Contender, outcomeOf, startContender } from './contender.ts';
import { halfLoadRates } from './half-load.ts';
import type { Peer } from './peers/peer.ts';
import { ProcessGroup } from './processes.ts';
import { capacityKey, type PeerScenario, type Round, type Target } from './scenarios/scenario.ts';
import { spreadOf } from './statistics.ts';
import type { PeerOutcome } from './summary.ts';

/** Before a peer's first round: compilers warm up, connections to backends open. Not measured. */
export const warmUpSeconds = 2;

export interface SessionOptions {
  readonly scenario: PeerScenario;
  readonly peers: readonly Peer[];
  readonly rounds: number;
  /** Length of one round for one peer. */
  readonly seconds: number;
  readonly tools: BackendTools;
  /** Takes a temporary directory of the session's own. */
  readonly directory: string;
  /** Peers whose latency is compared under the same load. */
  readonly equalRatePeers: readonly string[];
  /** Told what is being done, one line at a time. */
  readonly report: (line: string) => void;
}

/** What the steps of a session share. */
interface Session extends SessionOptions {
  readonly processes: ProcessGroup;
  readonly signal: AbortSignal;
}

/** A contender that stays up for the whole session. */
interface Runner {
  readonly contender: Contender;
  readonly target: Target;
}

/**
 * One scenario over all peers, which are measured one at a time, in turn: A B C, A B C. Whatever it started is stopped
 * and whatever it wrote is removed when it settles.
 */
export async function runSession(
  options: SessionOptions,
  signal: AbortSignal,
): Promise<readonly PeerOutcome[]> {
  const directory = await mkdtemp(join(options.directory, 'session-'));
  const processes = new ProcessGroup();
  const session = { ...options, directory, processes, signal };
  const { scenario, peers, tools } = options;
  try {
    const backends = await startBackends(scenario.backends, tools, directory, processes, signal);
    const entries: (Contender | PeerOutcome)[] = [];
    for (const peer of peers) entries.push(await admit(peer, scenario, directory, backends));
    const contenders = entries.filter((entry) => 'peer' in entry);
    if (scenario.lifetime === 'session') await playSideBySide(contenders, session);
    else await playAlone(contenders, session);
    return entries.map((entry) => ('peer' in entry ? outcomeOf(entry) : entry));
  } finally {
    await processes.stopAll();
    await rm(directory, { recursive: true });
  }
}

/** All start, then are loaded in turn; a peer that waits costs next to nothing. */
async function playSideBySide(contenders: readonly Contender[], session: Session): Promise<void> {
  const { scenario, processes, signal, rounds, report } = session;
  const runners: Runner[] = [];
  for (const contender of contenders) {
    report(`${scenario.name}: warming up ${contender.peer.name}`);
    await attempt(contender, signal, async () => {
      const { target } = await startContender(contender, scenario, processes, signal);
      await scenario.measure({ ...roundOf(session, target), seconds: warmUpSeconds });
      runners.push({ contender, target });
    });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { contender, target } of runners) {
      report(`${scenario.name}: round ${round} of ${rounds}, ${contender.peer.name}`);
      await attempt(contender, signal, async () => {
        contender.rounds.push(await scenario.measure(roundOf(session, target)));
      });
    }
  }
  await playHalfLoad(runners, session);
}

/** Half as many rounds as for the cost. */
async function playHalfLoad(runners: readonly Runner[], session: Session): Promise<void> {
  const { measureAtRate, name } = session.scenario;
  if (measureAtRate === null) return;
  const capacities = runners
    .filter(({ contender }) => contender.failure === null)
    .map(({ contender: { peer, rounds } }) => {
      const perSecond = rounds.map(({ details }) => details[capacityKey] ?? 0);
      return [peer.name, spreadOf(perSecond).median] as const;
    });
  const rates = halfLoadRates(new Map(capacities), session.equalRatePeers);
  const rounds = Math.ceil(session.rounds / 2);
  for (let round = 1; round <= rounds; round++) {
    for (const { contender, target } of runners) {
      session.report(`${name}: half load ${round} of ${rounds}, ${contender.peer.name}`);
      await attempt(contender, session.signal, async () => {
        const perSecond = rates.get(contender.peer.name)!; // a contender without a failure has one
        contender.halfLoadRounds.push(await measureAtRate(roundOf(session, target), perSecond));
      });
    }
  }
}

/** Each round starts a peer anew and stops it before the next one. */
async function playAlone(contenders: readonly Contender[], session: Session): Promise<void> {
  const { scenario, processes, signal, rounds, report } = session;
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      report(`${scenario.name}: round ${round} of ${rounds}, ${contender.peer.name}`);
      await attempt(contender, signal, async () => {
        const { target, stop } = await startContender(contender, scenario, processes, signal);
        contender.rounds.push(await scenario.measure(roundOf(session, target)));
        await stop();
      });
    }
  }
}

function roundOf({ tools, directory, seconds, signal }: Session, target: Target): Round {
  return { target, programs: tools.programs, directory, seconds, signal };
}
