import type { Scenario } from './scenario.ts';
import { type Contestant, simulate } from './simulation.ts';
import type { Comparison } from './tables.ts';

/** Any number will do; another one moves the figures by what chance is worth. */
const seed = 1;

/** Lets every contestant do the same scenario. */
export function compare(scenario: Scenario, contestants: readonly Contestant[]): Comparison {
  const weighted = new Set(scenario.backends.map(({ weight }) => weight)).size > 1;
  return {
    scenario,
    results: contestants.map((contestant) => ({
      label: contestant.label,
      outcome:
        weighted && !contestant.algorithm.weighted ? null : simulate(scenario, contestant, seed),
    })),
  };
}
