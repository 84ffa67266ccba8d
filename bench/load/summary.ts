import type { Measurement, Scenario } from './scenarios/scenario.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** What became of one peer in one session. */
export type PeerOutcome =
  | {
      readonly kind: 'measured';
      readonly name: string;
      readonly version: string;
      readonly rounds: readonly Measurement[];
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

/** Every error of every round, each with its round, counted from 1. Any of them voids the peer's row. */
export function errorsOf(rounds: readonly Measurement[]): readonly string[] {
  return rounds.flatMap(({ errors }, at) => errors.map((error) => `round ${at + 1}: ${error}`));
}

/** One summary for each peer that was measured without an error. */
export function summarise(
  scenario: Pick<Scenario, 'details'>,
  outcomes: readonly PeerOutcome[],
  referenceName: string,
): readonly PeerSummary[] {
  const sound = outcomes.filter(
    (outcome) => outcome.kind === 'measured' && errorsOf(outcome.rounds).length === 0,
  ) as readonly Extract<PeerOutcome, { kind: 'measured' }>[]; // the filter's first condition
  const reference = sound.find(({ name }) => name === referenceName)?.rounds;
  return sound.map(({ name, rounds }) => ({
    name,
    cost: spreadOf(rounds.map(({ cost }) => cost)),
    ratio: reference === undefined ? null : spreadOf(ratios(rounds, reference)),
    details: Object.fromEntries(
      scenario.details.map(({ key }) => [
        key,
        spreadOf(rounds.map(({ details }) => details[key] ?? Number.NaN)).median,
      ]),
    ),
  }));
}

/** Round by round: what disturbs a round disturbs both sides of its ratio. */
function ratios(
  rounds: readonly Measurement[],
  reference: readonly Measurement[],
): readonly number[] {
  return rounds.map(({ cost }, at) => cost / (reference[at]?.cost ?? Number.NaN));
}
