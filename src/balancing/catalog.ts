import type { Algorithm } from './algorithm.ts';
import { consistentHash } from './consistent-hash.ts';
import { ipHash } from './ip-hash.ts';
import { leastConnections } from './least-connections.ts';
import { leastResponseTime } from './least-response-time.ts';
import { powerOfTwo } from './power-of-two.ts';
import { random } from './random.ts';
import { roundRobin } from './round-robin.ts';
import { weightedLeastConnections } from './weighted-least-connections.ts';
import { weightedRandom } from './weighted-random.ts';
import { weightedRoundRobin } from './weighted-round-robin.ts';

/** Every algorithm lb knows. A new one is a file beside this one and a word here. */
export const algorithms: readonly Algorithm[] = [
  roundRobin,
  weightedRoundRobin,
  leastConnections,
  weightedLeastConnections,
  ipHash,
  consistentHash,
  random,
  weightedRandom,
  powerOfTwo,
  leastResponseTime,
];

/** What stands under `algorithm:` in lb.yaml. */
export interface AlgorithmConfig {
  /** One of the catalog, or the path of a module as lb.yaml gives it. */
  readonly name: string;
  /** As the algorithm's own schema wants them, defaults filled in. */
  readonly options: object;
}

/** An algorithm of lb by its name in lb.yaml; undefined for the path of a custom one. */
export function algorithmNamed(name: string): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm.name === name);
}
