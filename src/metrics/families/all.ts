import type { MetricsSource } from '../exporter.ts';
import type { Family } from '../family.ts';
import { backendFamilies } from './backends.ts';
import { exchangeFamilies } from './exchanges.ts';
import { healthFamilies, nameFamilies } from './health.ts';
import { poolFamilies } from './pools.ts';
import { processFamilies } from './process.ts';

/** Every metric lb has, read as far as it is asked for; docs/metrics.md explains each. */
export function* familiesOf(source: MetricsSource): Generator<Family> {
  yield* exchangeFamilies(source);
  yield* poolFamilies(source);
  yield* backendFamilies(source);
  yield* healthFamilies(source);
  yield* nameFamilies(source);
  yield* processFamilies(source);
}
