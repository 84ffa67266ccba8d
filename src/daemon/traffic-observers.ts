import type { ExchangeObserver } from '../backend/observer.ts';
import type { GlobalConfig } from '../config/snapshot.ts';
import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { Health } from '../health/health.ts';
import { ExchangeCounters } from '../metrics/counters.ts';
import { RecentTraffic } from '../metrics/recent-traffic.ts';
import { AccessLog } from '../middleware/access-log.ts';
import type { Pool } from '../pool/pool.ts';
import { ExchangeMemory } from '../why/exchange-memory.ts';
import { poolSituation } from '../why/pool-situation.ts';
import { ObserverList } from './observer-list.ts';
import type { Outputs } from './outputs.ts';
import { SeldomLog } from './seldom-log.ts';
import { TrafficLog } from './traffic-log.ts';

/** A line waits this long for others to be written with. */
const FLUSH_MS = 500;

export interface TrafficObserversServices {
  readonly outputs: Outputs;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  /** Those of the moment. */
  readonly pools: () => readonly Pool[];
  readonly health: () => Health;
}

/** What of a configuration they go by. */
type Watching = Pick<GlobalConfig, 'accessLog' | 'why'>;

/** Everybody who is told of a daemon's exchanges, whatever the generation. */
export class TrafficObservers {
  readonly counters = new ExchangeCounters();
  readonly recent: RecentTraffic;
  readonly accessLog: AccessLog;
  readonly log: TrafficLog;
  readonly memory: ExchangeMemory;

  constructor(config: Watching, services: TrafficObserversServices) {
    const { outputs, wheel, clock, pools, health } = services;
    const backends = () => pools().flatMap((pool) => pool.backends);
    this.recent = new RecentTraffic({ backends, wheel, clock });
    this.accessLog = new AccessLog(config.accessLog, {
      destination: outputs.accessLog,
      wheel,
      flushEveryMs: FLUSH_MS,
      wallClock: Date.now,
      random: Math.random,
    });
    const { log } = outputs;
    this.log = new TrafficLog({ log, seldom: new SeldomLog(log, wheel), pools });
    this.memory = new ExchangeMemory(config.why, {
      wallClock: Date.now,
      situationOf: (pool) => poolSituation(health().backends.filter((each) => each.pool === pool)),
    });
  }

  /** Goes over to another configuration. @returns whom to tell under it. */
  under({ accessLog, why }: Watching): ExchangeObserver {
    this.accessLog.update(accessLog);
    this.memory.configure(why);
    const written = accessLog.enabled ? [this.accessLog] : [];
    return new ObserverList([this.counters, ...written, this.log, this.memory]);
  }
}
