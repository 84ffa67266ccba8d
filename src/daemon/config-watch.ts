import { SourceWatch } from '../config/source-watch.ts';
import type { SourceFile } from '../config/sources.ts';
import type { Log } from './log.ts';

/** How often it looks; a change is taken over with the second look that finds it. */
const LOOK_EVERY_MS = 500;

export interface ConfigWatchOptions {
  /** What the present configuration was read from, or the last one that was refused. */
  readonly sources: () => ReadonlyMap<string, SourceFile>;
  /** Reads it anew; never rejects. What came of it is told elsewhere. */
  readonly reload: () => Promise<unknown>;
  readonly log: Log;
}

/**
 * Reloads when a file of the configuration has another content. It takes two equal looks in a row, so that a file is not
 * taken while it is being written; what could not be used is not tried again before something has changed.
 */
export class ConfigWatch {
  readonly #options: ConfigWatchOptions;
  readonly #files = new SourceWatch();
  /** What the last look has found; '' for no change. */
  #found = '';
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: ConfigWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#lookAgain(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #lookAgain(): Promise<void> {
    await this.look();
    if (!this.#stopped) this.start();
  }

  /** One look. Resolves when it has ended, and with it the reload, if it was time for one. */
  async look(): Promise<void> {
    const { sources, reload, log } = this.#options;
    const changes = await this.#files.changes(sources());
    const found = [...changes].join('\n');
    const isSteady = found !== '' && found === this.#found;
    this.#found = found;
    if (!isSteady || this.#stopped) return;
    log.info({ files: [...changes.keys()] }, 'the configuration has changed on disk');
    await reload();
  }
}
