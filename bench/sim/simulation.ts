import type { Algorithm, Picker } from '../../src/balancing/algorithm.ts';
import { seededRandom } from '../../src/foundation/seeded-random.ts';
import { Ejection } from './ejection.ts';
import { EventQueue } from './event-queue.ts';
import { type Outcome, Tally } from './outcome.ts';
import { capacityPerMs, type Scenario } from './scenario.ts';
import { SimBackend, type Visit } from './sim-backend.ts';

/** An algorithm with the options it is to be tried with. */
export interface Contestant {
  /** What tables call it. */
  readonly label: string;
  readonly algorithm: Algorithm;
  readonly options: object;
}

/** The first requests find everything idle; this part of a run is not counted. */
const warmUpPart = 0.1;

/** A response has come, or an ejection is over. */
type SimEvent = Visit | SimBackend;

/**
 * Sends a scenario's requests to its backends as one algorithm chooses. Time is a number: nothing waits, and the same
 * seed gives the same result. Arrivals, keys and work are the same for every contestant.
 */
export function simulate(scenario: Scenario, contestant: Contestant, seed: number): Outcome {
  const run = new Simulation(scenario, contestant, seed);
  const trafficRandom = seededRandom(seed);
  const meanGapMs = 1 / (scenario.load * capacityPerMs(scenario));
  const warmUp = Math.floor(scenario.requests * warmUpPart);
  for (let request = 0, nowMs = 0; request < scenario.requests; request++) {
    nowMs -= meanGapMs * Math.log(1 - trafficRandom());
    const key = scenario.keys.draw(trafficRandom);
    const workMs = scenario.serviceTime.draw(trafficRandom);
    run.advanceTo(nowMs);
    const visit = run.send(key, workMs);
    if (request >= warmUp) run.tally.count(visit);
  }
  return run.tally.outcome();
}

class Simulation {
  readonly tally: Tally;
  readonly #contestant: Contestant;
  readonly #backends: readonly SimBackend[];
  /** One for each backend; null when nobody ejects. */
  readonly #ejections: ReadonlyMap<SimBackend, Ejection> | null;
  readonly #events = new EventQueue<SimEvent>();
  readonly #random: () => number;
  #nowMs = 0;
  #eligible: readonly SimBackend[] = [];
  #picker: Picker;

  constructor(scenario: Scenario, contestant: Contestant, seed: number) {
    this.#contestant = contestant;
    this.#backends = scenario.backends.map((model, n) => new SimBackend(`backend-${n + 1}`, model));
    this.#ejections = scenario.passiveHealth
      ? new Map(this.#backends.map((backend) => [backend, new Ejection()]))
      : null;
    this.#random = seededRandom(seed + 1); // not that of the traffic, which must not depend on the algorithm
    this.tally = new Tally(this.#backends);
    this.#picker = this.#buildPicker(null);
  }

  /** Lets everything happen that is due by then. */
  advanceTo(nowMs: number): void {
    while (this.#events.nextMs <= nowMs) {
      this.#nowMs = this.#events.nextMs;
      const event = this.#events.pop();
      if (event instanceof SimBackend) this.#setEjected(event, false);
      else this.#onResponse(event);
    }
    this.#nowMs = nowMs;
  }

  /** @param workMs on a backend of ordinary speed. */
  send(key: number, workMs: number): Visit {
    const chosen = this.#picker.pick(key);
    const backend = this.#eligible[chosen];
    if (backend === undefined) {
      throw new Error(
        `Cannot send a request: ${this.#contestant.label} picked ${chosen}, need an index below ${this.#eligible.length}`,
      );
    }
    const visit = backend.accept(this.#nowMs, workMs);
    this.#changeLoad(backend, 1);
    this.#events.push(visit.endedMs, visit);
    return visit;
  }

  #onResponse({ backend, arrivedMs }: Visit): void {
    backend.responseTime.observe(this.#nowMs - arrivedMs, this.#nowMs);
    this.#changeLoad(backend, -1);
    // What an ejected backend still answers was sent before, and says nothing new.
    const ejection = backend.ejected ? undefined : this.#ejections?.get(backend);
    const ejectionMs = ejection?.onResult(backend.model.fails) ?? 0;
    if (ejectionMs === 0) return;
    this.#setEjected(backend, true);
    this.#events.push(this.#nowMs + ejectionMs, backend);
  }

  #changeLoad(backend: SimBackend, by: number): void {
    backend.active += by;
    if (!backend.ejected) this.#picker.loadChanged?.(backend.index);
  }

  #setEjected(backend: SimBackend, ejected: boolean): void {
    backend.ejected = ejected;
    this.#picker = this.#buildPicker(this.#picker);
  }

  #buildPicker(previous: Picker | null): Picker {
    this.#eligible = this.#backends.filter(({ ejected }) => !ejected);
    this.#eligible.forEach((backend, index) => {
      backend.index = index;
    });
    const { algorithm, options } = this.#contestant;
    const context = { previous, random: this.#random, now: () => this.#nowMs };
    return algorithm.build(this.#eligible, options, context);
  }
}
