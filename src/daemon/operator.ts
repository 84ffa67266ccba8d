import type { PlanAnswer, ReloadAnswer } from '../api/changes.ts';
import type { RememberedExchanges } from '../api/exchanges.ts';
import type { Explanation, Question } from '../api/explanation.ts';
import type {
  BackendName,
  NewBackend,
  Operator,
  OrderAnswer,
  OrderedBy,
  Ordered as Outcome,
} from '../api/operator.ts';
import type { BackendStatus, Status } from '../api/status.ts';
import type { Order } from '../backend/backend.ts';
import type { LoadResult } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { LbError } from '../foundation/lb-error.ts';
import type { LogLevel } from '../foundation/log-level.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import { add, type Overlaying, remove, reset, weigh } from '../overlay/edit-overlay.ts';
import type { Authored, Overlay } from '../overlay/overlay.ts';
import { unknownBackend, unknownPool } from '../overlay/unknown-names.ts';
import type { ExchangeMemory } from '../why/exchange-memory.ts';
import type { IdleWaits } from './idle-waits.ts';
import { explainLive, rememberedExchanges } from './inquiries.ts';
import type { Log } from './log.ts';
import type { Plan } from './plan.ts';
import { plannedChanges } from './planned-changes.ts';
import type { ReloadOutcome } from './reload.ts';
import { backendStatus, type StatusSources, statusOf } from './status.ts';
import type { Turns } from './turns.ts';
import type { Loaded } from './work.ts';

/** What an operator looks at, and where it gives its orders. Read anew each time: it changes. */
export interface Operated extends Omit<StatusSources, 'startedMs' | 'nowMs' | 'whyNotReady'> {
  readonly stopping: boolean;
  readonly log: Log;
  readonly turns: Turns;
  readonly waits: IdleWaits;
  /** Goes over to another overlay. In a turn. */
  change(edit: (from: Overlaying) => Overlay): Promise<Plan>;
  /** What goes with an order besides the fact: sessions get their deadline. */
  ordered(health: BackendHealth): void;
  /** Resolves when what was changed would survive a crash, as far as there is a state file. */
  kept(): Promise<void>;
  /** What a reload would do. */
  plan(loaded: Loaded): Plan;
  /** null where the configuration comes from no file. */
  reload: (() => Promise<ReloadOutcome>) | null;
  load: ((path: string) => Promise<LoadResult>) | null;
  readonly memory: ExchangeMemory;
}

/** Answers for a running daemon, and changes it. Every change is a line of the log that says who, what and why. */
export class LiveOperator implements Operator {
  readonly #daemon: Operated;
  readonly #startedMs = Date.now();

  constructor(daemon: Operated) {
    this.#daemon = daemon;
  }

  whyNotReady(): string | null {
    const { stopping, pools } = this.#daemon;
    if (stopping) return 'lb is stopping';
    if (pools.some(({ hasEligible }) => hasEligible)) return null;
    return 'no pool has a backend that may be given traffic';
  }

  status(): Status {
    const { version, snapshot, listeners, pools, health, reloads, limit } = this.#daemon;
    const { recent, drift, leaving } = this.#daemon;
    const parts = { version, snapshot, listeners, pools, health, reloads, limit };
    return statusOf({
      ...parts,
      ...{ recent, drift, leaving },
      startedMs: this.#startedMs,
      nowMs: Date.now(),
      whyNotReady: this.whyNotReady(),
    });
  }

  backend(name: BackendName): BackendStatus {
    return this.#statusOf(this.#find(name));
  }

  async waitUntilIdle(
    name: BackendName,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<BackendStatus> {
    const health = this.#find(name);
    await this.#daemon.waits.wait(health.backend, waitMs, signal);
    return this.#statusOf(health);
  }

  order(name: BackendName, order: Order, by: OrderedBy): Promise<OrderAnswer> {
    return this.#inTurn(async () => {
      const health = this.#find(name);
      const changed = this.#order(health, order, by);
      const message = `${nameOf(name)} is ${inWords[order]}${changed ? '' : ' already'}`;
      const { active } = health.backend;
      const rest = order === 'ready' ? '' : `: ${active} in flight`;
      return this.#answer(name, changed, message + rest);
    });
  }

  /** @returns whether it was another one before. */
  #order(health: BackendHealth, order: Order, { who, why }: OrderedBy): boolean {
    const from = health.ordered.value;
    if (from === order) return false;
    health.order(order, why, who);
    const { pool, name: backend } = health;
    this.#daemon.log.info({ who, why, pool, backend, from, to: order }, 'ordered');
    this.#daemon.ordered(health);
    return true;
  }

  weigh(name: BackendName, weight: number, by: OrderedBy): Promise<OrderAnswer> {
    return this.#change(name, by, `${nameOf(name)} has weight ${weight}`, (from) =>
      weigh(from, name, weight, authored(by)),
    );
  }

  add(pool: string, wanted: NewBackend, by: OrderedBy): Promise<OrderAnswer> {
    const name = { pool, backend: wanted.name ?? wanted.address };
    return this.#change(name, by, `${nameOf(name)} is added`, (from) =>
      add(from, pool, wanted, authored(by)),
    );
  }

  remove(name: BackendName, by: OrderedBy): Promise<OrderAnswer> {
    return this.#change(name, by, `${nameOf(name)} is removed`, (from) =>
      remove(from, name, authored(by)),
    );
  }

  reset(name: BackendName, by: OrderedBy): Promise<OrderAnswer> {
    const order = () => {
      const health = this.#known(name);
      return health !== undefined && this.#order(health, 'ready', by);
    };
    return this.#change(
      name,
      by,
      `${nameOf(name)} is as the file says`,
      (from) => reset(from, name),
      order,
    );
  }

  /** Nobody is told that it is so before it is kept. */
  async #inTurn(change: () => Promise<OrderAnswer>): Promise<OrderAnswer> {
    const answer = await this.#daemon.turns.take(change);
    if (answer.changed) await this.#daemon.kept();
    return answer;
  }

  /** @param also what to do in the same turn; returns whether that has changed anything. */
  #change(
    name: BackendName,
    { who, why }: OrderedBy,
    message: string,
    edit: (from: Overlaying) => Overlay,
    also: () => boolean = () => false,
  ): Promise<OrderAnswer> {
    const { log } = this.#daemon;
    return this.#inTurn(async () => {
      const plan = await this.#daemon.change(edit);
      for (const { change, keys } of plan) {
        const facts = { who, why, pool: name.pool, backend: name.backend, change };
        const [key] = keys;
        const values = key === undefined ? {} : { key: key.key, from: key.from, to: key.to };
        log.info({ ...facts, ...values }, 'ordered');
      }
      const changed = also() || plan.length > 0;
      return this.#answer(name, changed, changed ? message : `${message} already`);
    });
  }

  setLogLevel(level: LogLevel, { who, why }: OrderedBy): Outcome {
    const { log } = this.#daemon;
    const from = log.level;
    if (from === level) return { changed: false, message: `the log level is ${level} already` };
    log.level = level;
    // As an error, so that it is written whatever the levels are: whoever misses lines later has to find it.
    log.error({ who, why, from, to: level }, 'log level ordered');
    return { changed: true, message: `the log level is ${level}, it was ${from}` };
  }

  async reload({ who, why }: OrderedBy): Promise<ReloadAnswer> {
    const { reload, log } = this.#daemon;
    if (reload === null) {
      throw new LbError('CONFLICT', 'Cannot reload: the configuration is no file');
    }
    log.info({ who, why }, 'reload ordered');
    const result = await reload();
    switch (result.outcome) {
      case 'changed':
        return { ...result, changes: result.plan };
      case 'unchanged':
        return { ...result, changes: [] };
      case 'invalid':
        return { outcome: 'invalid', problems: result.problems.map(inText) };
      default:
        return result;
    }
  }

  async plan(path: string): Promise<PlanAnswer> {
    const { load, pools, listeners } = this.#daemon;
    if (load === null) throw new LbError('CONFLICT', 'Cannot plan: the configuration is no file');
    const loaded = await load(path);
    if (!loaded.ok) return { outcome: 'invalid', problems: loaded.problems.map(inText) };
    const changes = plannedChanges(this.#daemon.plan(loaded), { pools, listeners });
    return { outcome: 'planned', changes };
  }

  #answer(name: BackendName, changed: boolean, message: string): OrderAnswer {
    const health = this.#known(name);
    const pool = this.#daemon.pools.find((each) => each.name === name.pool);
    const alone =
      pool?.hasEligible === false
        ? `; no backend of ${name.pool} may be given new traffic now`
        : '';
    const backend = health === undefined ? null : this.#statusOf(health);
    return { changed, message: message + alone, backend };
  }

  #statusOf(health: BackendHealth): BackendStatus {
    return backendStatus(health.backend, health, this.#daemon.recent);
  }

  #known({ pool, backend }: BackendName): BackendHealth | undefined {
    return this.#daemon.health.find((each) => each.pool === pool && each.name === backend);
  }

  explain(question: Question): Explanation {
    return explainLive(this.#daemon, question);
  }

  exchanges(requestId: string | null, limit: number): RememberedExchanges {
    return rememberedExchanges(this.#daemon, requestId, limit);
  }

  /** @throws LbError NAME_UNKNOWN */
  #find(name: BackendName): BackendHealth {
    const known = this.#known(name);
    if (known !== undefined) return known;
    const { pools } = this.#daemon;
    const pool = pools.find((each) => each.name === name.pool);
    const names = (all: readonly { readonly name: string }[]) => all.map((each) => each.name);
    if (pool === undefined) throw unknownPool(name.pool, names(pools));
    throw unknownBackend(name.pool, name.backend, names(pool.backends));
  }
}

const inWords: Readonly<Record<Order, string>> = {
  ready: 'ready for traffic',
  draining: 'draining',
  maintenance: 'in maintenance',
};

function nameOf({ pool, backend }: BackendName): string {
  return `${pool}/${backend}`;
}

function authored({ who, why }: OrderedBy): Authored {
  return { who, why, sinceMs: Date.now() };
}

function inText(problem: Parameters<typeof formatProblem>[0]): string {
  return formatProblem(problem, false);
}
