import { isDeepStrictEqual } from 'node:util';
import type { GlobalConfig } from '../config/snapshot.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import { pushExporters } from '../metrics/catalog.ts';
import type { MetricsSource, Push } from '../metrics/exporter.ts';

interface Running {
  readonly exporter: string;
  readonly target: unknown;
  readonly push: Push;
}

/** The push exporters that a configuration asks for, at work. */
export class Pushing {
  readonly #wheel: TimerWheel;
  #running: readonly Running[] = [];
  /** Last pushes under way to those that are told nothing more. */
  readonly #ending = new Set<Promise<void>>();

  constructor(wheel: TimerWheel) {
    this.#wheel = wheel;
  }

  get all(): readonly { readonly exporter: string; readonly failures: number }[] {
    return this.#running.map(({ exporter, push }) => ({ exporter, failures: push.failures }));
  }

  /** Goes over to another configuration: what it does not change goes on. */
  apply(config: GlobalConfig['metrics'], source: MetricsSource): void {
    const before = new Set(this.#running);
    this.#running = pushExporters.flatMap((exporter): Running[] => {
      const { name } = exporter;
      const target = config[name];
      if (target === null) return [];
      for (const known of before) {
        if (known.exporter !== name || !isDeepStrictEqual(known.target, target)) continue;
        before.delete(known);
        return [known];
      }
      return [{ exporter: name, target, push: exporter.start(target, source, this.#wheel) }];
    });
    for (const { push } of before) this.#end(push);
  }

  /** Resolves when everything that was counted is sent, or cannot be. */
  async stop(): Promise<void> {
    for (const { push } of this.#running) this.#end(push);
    this.#running = [];
    await Promise.all(this.#ending);
  }

  #end(push: Push): void {
    const ending = push.stop().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
