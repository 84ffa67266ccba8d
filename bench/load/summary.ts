import type { Measurement, Scenario } from './scenarios/scenario.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** What became of one peer in one session. */
export type PeerOutcome =
  | {
      readonly kind: 'measured';
      readonly name: string;
      readonly version: string;
      readonly rounds: readonly Measurement[];
      /** At half of the capacity, for the latency; empty where a scenario has no such rounds. */
      readonly halfLoadRounds: readonly Measurement[];
    }
  | {
      readonly kind: 'failed';
      readonly name: string;
      readonly version: string;
      readonly reason: string;
    }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string };

/** A peer's figures over all rounds. */
export interface PeerSummary {
  readonly name: string;
  readonly cost: Spread;
  /** Cost over the reference's cost in the same round; null when there is no sound reference. */
  readonly ratio: Spread | null;
  /** Medians, by key of the scenario's details. */
  readonly details: Readonly<Record<string, number>>;
}

type Measured = Extract<PeerOutcome, { kind: 'measured' }>;

/** Every error of every round, each with its round, counted from 1. Any of them voids the peer's row. */
export function errorsOf({ rounds, halfLoadRounds }: Measured): readonly string[] {
  return [...describe('round', rounds), ...describe('half load, round', halfLoadRounds)];
}

function describe(what: string, rounds: readonly Measurement[]): readonly string[] {
  return rounds.flatMap(({ errors }, at) => errors.map((error) => `${what} ${at + 1}: ${error}`));
}

/** One summary for each peer that was measured without an error. */
export function summarise(
  scenario: Pick<Scenario, 'details'>,
  outcomes: readonly PeerOutcome[],
  referenceName: string,
): readonly PeerSummary[] {
  const sound = outcomes.filter(
    (outcome) => outcome.kind === 'measured' && errorsOf(outcome).length === 0,
  ) as readonly Measured[]; // the filter's first condition
  const reference = sound.find(({ name }) => name === referenceName)?.rounds;
  return sound.map(({ name, rounds, halfLoadRounds }) => ({
    name,
    cost: spreadOf(rounds.map(({ cost }) => cost)),
    ratio: reference === undefined ? null : spreadOf(ratios(rounds, reference)),
    details: Object.fromEntries(
      scenario.details.map(({ key }) => [key, medianOf(key, [...rounds, ...halfLoadRounds])]),
    ),
  }));
}

/** Of the rounds that have such a detail; NaN when none has. */
function medianOf(key: string, rounds: readonly Measurement[]): number {
  const values = rounds.map(({ details }) => details[key]).filter((value) => value !== undefined);
  return values.length === 0 ? Number.NaN : spreadOf(values).median;
}

/** Round by round: what disturbs a round disturbs both sides of its ratio. */
function ratios(
  rounds: readonly Measurement[],
  reference: readonly Measurement[],
): readonly number[] {
  return rounds.map(({ cost }, at) => cost / (reference[at]?.cost ?? Number.NaN));
}
