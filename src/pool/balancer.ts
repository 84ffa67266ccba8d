import type { Backend } from '../backend/backend.ts';
import type { KeySource, Picker } from '../balancing/algorithm.ts';
import { keyForAttempt } from '../balancing/hash.ts';
import type { EligibleSet } from './eligible.ts';

/** An algorithm with its options, as the configuration has them. */
export interface PickerBuilder {
  /** Two with the same id pick alike. */
  readonly id: string;
  /** Which part of a request the key for `pick` is read from; null where any will do. */
  readonly key: KeySource | null;
  /** What its pickers did wrong; only custom algorithms ever do. */
  readonly faults: { readonly count: number };
  /** @param eligible the backends that may take traffic, never empty. */
  build(eligible: readonly Backend[], previous: Picker | null): Picker;
}

const NOBODY: readonly Backend[] = [];

/** How often a picker whose choice is full, or has been tried, is asked again. */
const MAX_TURNS = 4;

/** One algorithm at work on a pool's eligible backends: the pool has one, and a route may bring another. */
export class Balancer {
  #algorithm: PickerBuilder;
  readonly #set: EligibleSet;
  #backends: readonly Backend[] = [];
  /** null while nobody is eligible. */
  #picker: Picker | null = null;
  /** The last there was: its successor goes on where it was, even after a time without backends. */
  #previous: Picker | null = null;

  constructor(set: EligibleSet, algorithm: PickerBuilder) {
    this.#set = set;
    this.#algorithm = algorithm;
    this.rebuild();
  }

  get algorithm(): PickerBuilder {
    return this.#algorithm;
  }

  /** Goes on with another algorithm, for whoever holds this balancer already, too. */
  use(algorithm: PickerBuilder): void {
    this.#algorithm = algorithm;
    this.#previous = null;
    this.rebuild();
  }

  get picker(): Picker | null {
    return this.#picker;
  }

  /** The eligible backends, or their weights, have changed. */
  rebuild(): void {
    const { backends } = this.#set;
    this.#backends = backends;
    this.#picker = backends.length === 0 ? null : this.#algorithm.build(backends, this.#previous);
    this.#previous = this.#picker ?? this.#previous;
  }

  /**
   * Chooses for a first attempt.
   *
   * @param key signed 32-bit hash of what the algorithm's `key` names; 0 for algorithms without one.
   * @returns null when nobody is eligible, or all are full.
   */
  pick(key: number): Backend | null {
    const picker = this.#picker;
    if (picker === null) return null;
    if (this.#set.limited) return this.#pickOther(picker, key, NOBODY);
    return this.#backends[picker.pick(key)]!; // a picker answers with an index into what it was built for
  }

  /**
   * For a retry: a backend other than those tried, found by asking the picker again so that the algorithm stays in
   * charge. A key is mixed anew for each turn, so that the keys of a dead backend spread over the others.
   *
   * @returns null when there is none, or it is full.
   */
  pickOther(key: number, tried: readonly Backend[]): Backend | null {
    const picker = this.#picker;
    if (picker === null) return null;
    return this.#pickOther(picker, keyForAttempt(key, tried.length), tried);
  }

  #pickOther(picker: Picker, key: number, tried: readonly Backend[]): Backend | null {
    if (this.#set.roomy === 0 || this.#set.promised) return null;
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const candidate = this.#backends[picker.pick(keyForAttempt(key, turn))]!; // as in pick
      if (candidate.hasRoom && !tried.includes(candidate)) return candidate;
    }
    return leastLoaded(this.#backends, tried);
  }
}

/** An algorithm that insists (least connections on a full backend, say): the least loaded of those that will do. */
function leastLoaded(backends: readonly Backend[], tried: readonly Backend[]): Backend | null {
  let best: Backend | null = null;
  let bestLoad = Infinity;
  for (const backend of backends) {
    const load = backend.active / backend.weight;
    if (load >= bestLoad || !backend.hasRoom || tried.includes(backend)) continue;
    best = backend;
    bestLoad = load;
  }
  return best;
}
