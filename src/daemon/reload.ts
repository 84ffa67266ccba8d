import type { LoadResult } from '../config/load.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { LbError } from '../foundation/lb-error.ts';
import type { Daemon } from './daemon.ts';
import type { Log } from './log.ts';
import { type Plan, summaryOf } from './plan.ts';

/** What came of a reload. Unless it is `changed`, everything is as it was. */
export type ReloadOutcome =
  | { readonly outcome: 'changed'; readonly generation: number; readonly plan: Plan }
  | { readonly outcome: 'unchanged'; readonly generation: number }
  /** The file cannot be used. */
  | { readonly outcome: 'invalid'; readonly problems: readonly Problem[] }
  /** It can, but something it needs cannot be had: an address is taken, a log file cannot be opened. */
  | { readonly outcome: 'failed'; readonly message: string };

/**
 * Reloads a daemon's configuration, one at a time. Whoever asks while a reload is under way gets the next one, together
 * with all others who ask until that begins: it reads the file after each of them has asked.
 */
export class Reloads {
  readonly #daemon: Daemon;
  readonly #load: () => Promise<LoadResult>;
  readonly #log: Log;
  #running: Promise<ReloadOutcome> | null = null;
  #next: Promise<ReloadOutcome> | null = null;

  /** @param load reads the file that lb was started with; never rejects. */
  constructor(daemon: Daemon, load: () => Promise<LoadResult>, log: Log) {
    this.#daemon = daemon;
    this.#load = load;
    this.#log = log;
  }

  /** Never rejects: what went wrong is an outcome, and a line of the log. */
  reload(): Promise<ReloadOutcome> {
    if (this.#running === null) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      return this.#start();
    });
    return this.#next;
  }

  #start(): Promise<ReloadOutcome> {
    const running = this.#reload().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }

  async #reload(): Promise<ReloadOutcome> {
    const result = await this.#attempt();
    const { reloads } = this.#daemon;
    reloads.succeeded = result.outcome === 'changed' || result.outcome === 'unchanged';
    reloads.endedMs = Date.now();
    this.#tell(result);
    return result;
  }

  async #attempt(): Promise<ReloadOutcome> {
    const loaded = await this.#load();
    if (!loaded.ok) return { outcome: 'invalid', problems: loaded.problems };
    try {
      const plan = await this.#daemon.reload(loaded);
      const { generation } = this.#daemon.reloads;
      if (plan.length === 0) return { outcome: 'unchanged', generation };
      return { outcome: 'changed', generation, plan };
    } catch (error) {
      if (!(error instanceof LbError)) throw error;
      return { outcome: 'failed', message: error.message };
    }
  }

  #tell(result: ReloadOutcome): void {
    const log = this.#log;
    const { generation } = this.#daemon.reloads;
    switch (result.outcome) {
      case 'changed':
        log.info({ generation, changes: summaryOf(result.plan) }, 'reloaded');
        break;
      case 'unchanged':
        log.info({ generation }, 'reloaded: nothing changed');
        break;
      case 'invalid': {
        const problems = result.problems.map((problem) => formatProblem(problem, false));
        log.error(
          { generation, problems },
          'reload refused, nothing changed: correct the configuration (lb check shows the same) and reload again',
        );
        break;
      }
      case 'failed':
        log.error(
          { generation, why: result.message },
          'reload failed, nothing changed: remove the cause and reload again',
        );
    }
  }
}
