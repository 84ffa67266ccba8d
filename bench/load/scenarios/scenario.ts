import type { BackendKind } from '../backends.ts';
import type { Job } from '../peers/peer.ts';
import type { Programs } from '../programs.ts';
import type { PeerOutcome } from '../summary.ts';

/** The peer under measurement, as a scenario sees it. */
export interface Target {
  /** First process of the peer; its children count as the peer too. */
  readonly pid: number;
  /** From when that process was asked for to the first right answer to one request. */
  readonly firstAnswerMs: number;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Where the peer writes its access log; exists from the start and only grows. */
  readonly accessLog: string;
  /**
   * Asks for a new configuration, which differs in one backend and in its generation, 2. Resolves to when it asked, in
   * milliseconds of `performance.now()`.
   */
  reload(): Promise<number>;
}

/** One turn of one peer. */
export interface Round {
  readonly target: Target;
  readonly programs: Programs;
  /** For temporary files. */
  readonly directory: string;
  /** How long to load the peer, where it is loaded. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** One peer in one round. */
export interface Measurement {
  /** What is compared between peers; less is better. In the unit that `costTitle` names. */
  readonly cost: number;
  /** Further figures, by key of the scenario's `details`. */
  readonly details: Readonly<Record<string, number>>;
  /** What went wrong, such as `3 answers with another status`. Any entry voids the peer's row. */
  readonly errors: readonly string[];
}

/** A further column of the table. */
export interface Detail {
  readonly key: string;
  readonly title: string;
  /** Digits after the decimal point. */
  readonly digits: number;
}

interface ScenarioBase {
  /** As `--scenario` spells it. */
  readonly name: string;
  /** One line: what the clients do. */
  readonly summary: string;
  /** Column title of `cost`, with its unit. */
  readonly costTitle: string;
  readonly costDigits: number;
  readonly details: readonly Detail[];
}

/** One kind of traffic through every peer, and what is counted under it. */
export interface PeerScenario extends ScenarioBase {
  readonly kind: 'peers';
  readonly job: Job;
  readonly backends: BackendKind;
  /** All peers run for the whole session, or one at a time, started anew for each round. */
  readonly lifetime: 'session' | 'round';
  /** The peer's first request. Rejects, saying why, when it does not do the job that would be measured. */
  verify(port: number, signal: AbortSignal): Promise<unknown>;
  /** With the lifetime `session` also the warm-up, whose result is thrown away. */
  measure(round: Round): Promise<Measurement>;
  /**
   * The same traffic at a fixed rate, for the latency; `cost` does not count. null: only the cost matters. The
   * details of `measure` then hold `capacityKey`.
   */
  readonly measureAtRate: ((round: Round, perSecond: number) => Promise<Measurement>) | null;
}

/** Key of the detail that says how many exchanges per second a peer did as fast as it could. */
export const capacityKey = 'perSecond';

/** What lb's own modules cost, without traffic: a row for each case. */
export interface ModuleScenario extends ScenarioBase {
  readonly kind: 'modules';
  measure(rounds: number, signal: AbortSignal): Promise<readonly PeerOutcome[]>;
}

export type Scenario = PeerScenario | ModuleScenario;
