import type { Algorithm, BuildContext, KeySource, Picker, Target } from './algorithm.ts';
import { type AlgorithmConfig, algorithmNamed } from './catalog.ts';
import { AlgorithmFaults, guard } from './guarded.ts';

/** The algorithms of modules, by the path that lb.yaml gives. */
export type CustomAlgorithms = ReadonlyMap<string, Algorithm>;

/** What algorithms take from their process. */
export interface AlgorithmServices {
  readonly custom: CustomAlgorithms;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
  /** A custom algorithm has thrown or answered nonsense for the first time. */
  readonly onFault: (algorithm: string, error: unknown) => void;
}

/** An algorithm with its options: what a pool, or a route, builds its pickers with. */
export class ConfiguredAlgorithm {
  readonly name: string;
  /** The same for two that are configured alike. */
  readonly id: string;
  /** Which part of a request the key for `pick` is read from; null where any key will do. */
  readonly key: KeySource | null;
  /** Only custom algorithms have any. */
  readonly faults: AlgorithmFaults;
  readonly #algorithm: Algorithm;
  readonly #options: object;
  readonly #services: Omit<BuildContext, 'previous'>;

  /** @throws when there is no such algorithm: the snapshot was not validated. */
  constructor({ name, options }: AlgorithmConfig, services: AlgorithmServices) {
    const custom = services.custom.get(name);
    const algorithm = custom ?? algorithmNamed(name);
    if (algorithm === undefined) throw new Error(`Cannot find algorithm ${name}`);
    this.name = name;
    this.id = JSON.stringify([name, options]);
    this.key = algorithm.key?.(options) ?? null;
    this.faults = new AlgorithmFaults((error) => services.onFault(name, error));
    this.#algorithm = custom === undefined ? algorithm : guard(custom, this.faults);
    this.#options = options;
    this.#services = { random: services.random, now: services.now };
  }

  /** @param eligible never empty. */
  build(eligible: readonly Target[], previous: Picker | null): Picker {
    return this.#algorithm.build(eligible, this.#options, { ...this.#services, previous });
  }
}
