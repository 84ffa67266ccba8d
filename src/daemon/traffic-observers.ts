import type { ExchangeObserver } from '../backend/observer.ts';
import type { AccessLogConfig } from '../config/snapshot.ts';
import type { Clock } from '../foundation/clock.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import { ExchangeCounters } from '../metrics/counters.ts';
import { RecentTraffic } from '../metrics/recent-traffic.ts';
import { AccessLog } from '../middleware/access-log.ts';
import type { Pool } from '../pool/pool.ts';
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
}

/** Everybody who is told of a daemon's exchanges, whatever the generation. */
export class TrafficObservers {
  readonly counters = new ExchangeCounters();
  readonly recent: RecentTraffic;
  readonly accessLog: AccessLog;
  readonly log: TrafficLog;

  constructor(config: AccessLogConfig, services: TrafficObserversServices) {
    const { outputs, wheel, clock, pools } = services;
    this.recent = new RecentTraffic(() => clock.now());
    this.accessLog = new AccessLog(config, {
      destination: outputs.accessLog,
      wheel,
      flushEveryMs: FLUSH_MS,
      wallClock: Date.now,
      random: Math.random,
    });
    const { log } = outputs;
    this.log = new TrafficLog({ log, seldom: new SeldomLog(log, wheel), pools });
  }

  /** Goes over to a configuration of the access log. @returns whom to tell under it. */
  under(config: AccessLogConfig): ExchangeObserver {
    this.accessLog.update(config);
    const written = config.enabled ? [this.accessLog] : [];
    return new ObserverList([this.counters, this.recent, ...written, this.log]);
  }
}
