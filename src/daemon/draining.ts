import type { Leaving } from '../api/status.ts';
import type { Backend } from '../backend/backend.ts';
import type { Clock } from '../foundation/clock.ts';
import { type Expirable, type TimerWheel, WheelTimer } from '../foundation/timer-wheel.ts';
import type { ClientConnection } from '../protocol/connection-set.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Log } from './log.ts';

/** How often a drain looks whether it is over. */
const LOOK_EVERY_MS = 500;
/** Sessions whose time is up are closed over so many looks: their clients come back, and not all at once. */
const CUTS = 20;

/** What is left of something that was removed. */
interface Remains extends Pick<Leaving, 'kind' | 'name'> {
  /** What is in flight, sessions included. */
  readonly active: number;
  /** Tunnels and TCP sessions, which may last for ever. */
  sessions(): readonly ClientConnection[];
}

/** Waits until something that was removed is out of use. Exchanges end by their own deadlines; sessions get this one. */
class Drain implements Expirable {
  readonly remains: Remains;
  readonly #wheel: TimerWheel;
  readonly #onOver: (cut: number) => void;
  readonly #timer = new WheelTimer(this);
  readonly #clock: Clock;
  readonly #untilMs: number;
  #cut = 0;
  #cuts = 0;

  constructor(
    remains: Remains,
    timeoutMs: number,
    services: { readonly wheel: TimerWheel; readonly clock: Clock },
    onOver: (cut: number) => void,
  ) {
    this.remains = remains;
    this.#wheel = services.wheel;
    this.#clock = services.clock;
    this.#untilMs = services.clock.now() + timeoutMs;
    this.#onOver = onOver;
    this.#wheel.schedule(this.#timer, Math.min(timeoutMs, LOOK_EVERY_MS));
  }

  onDeadline(): void {
    const leftMs = this.#untilMs - this.#clock.now();
    if (leftMs <= 0) this.#cutSome();
    if (this.remains.active === 0) this.#onOver(this.#cut);
    else
      this.#wheel.schedule(
        this.#timer,
        leftMs > 0 ? Math.min(leftMs, LOOK_EVERY_MS) : LOOK_EVERY_MS,
      );
  }

  #cutSome(): void {
    const sessions = this.remains.sessions();
    const share = Math.ceil(sessions.length / Math.max(1, CUTS - this.#cuts));
    this.#cuts++;
    for (const session of sessions.slice(0, share)) session.destroy('drain_timeout');
    this.#cut += share;
  }

  stop(): void {
    this.#wheel.cancel(this.#timer);
  }
}

export interface DrainingServices {
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly log: Log;
}

/** The backends and listeners that reloads have removed and that are not out of use yet. */
export class Draining {
  /** Removed ones that still have connections. */
  readonly listeners = new Set<RunningListener>();
  readonly #services: DrainingServices;
  /** By what they are about: a backend that is ordered to drain may be removed then. */
  readonly #drains = new Map<object, Drain>();

  constructor(services: DrainingServices) {
    this.#services = services;
  }

  /** What is left of all that was removed. */
  get leaving(): readonly Leaving[] {
    return [...this.#drains.values()].map(({ remains: { kind, name, active } }) => ({
      kind,
      name,
      in_flight: active,
    }));
  }

  /** @param serving asked for the listeners of the moment, whose sessions may be with the backend. */
  addBackend(
    backend: Backend,
    timeoutMs: number,
    serving: () => readonly RunningListener[],
    cause: 'removed' | 'ordered' = 'removed',
  ): void {
    this.keepBackend(backend);
    if (backend.active === 0) return;
    const sessions = () =>
      [...serving(), ...this.listeners].flatMap((listener) => [...listener.sessions(backend)]);
    const remains: Remains = {
      kind: 'backend',
      name: `${backend.pool}/${backend.name}`,
      get active() {
        return backend.active;
      },
      sessions,
    };
    const { log } = this.#services;
    const facts = { pool: backend.pool, backend: backend.name };
    const happened = cause === 'removed' ? 'backend removed: it drains' : 'backend drains';
    log.info({ ...facts, active: backend.active }, happened);
    this.#start(backend, remains, timeoutMs, (cut) =>
      log.info({ ...facts, cut }, 'backend drained'),
    );
  }

  /** It was ordered to drain, and is not any more: whatever it has may stay. */
  keepBackend(backend: Backend): void {
    this.#drains.get(backend)?.stop();
    this.#drains.delete(backend);
  }

  /** Drains it: nobody is accepted, whoever is idle is closed. */
  addListener(listener: RunningListener, timeoutMs: number): void {
    void listener.drain();
    const { connections } = listener;
    if (connections === 0) return;
    this.listeners.add(listener);
    const remains: Remains = {
      kind: 'listener',
      name: listener.name,
      get active() {
        return listener.connections;
      },
      sessions: () => listener.sessions(null),
    };
    const { log } = this.#services;
    const facts = { listener: listener.name };
    log.info({ ...facts, connections }, 'listener removed: it drains');
    this.#start(listener, remains, timeoutMs, (cut) => {
      this.listeners.delete(listener);
      log.info({ ...facts, cut }, 'listener drained');
    });
  }

  #start(about: object, remains: Remains, timeoutMs: number, onOver: (cut: number) => void): void {
    const drain = new Drain(remains, timeoutMs, this.#services, (cut) => {
      this.#drains.delete(about);
      onOver(cut);
    });
    this.#drains.set(about, drain);
  }

  /** Waits for nothing any more. */
  stop(): void {
    for (const drain of this.#drains.values()) drain.stop();
    this.#drains.clear();
  }
}
