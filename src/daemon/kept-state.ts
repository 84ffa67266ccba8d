import type { Overlay } from '../overlay/overlay.ts';
import { applyState } from '../state/apply-state.ts';
import { readState } from '../state/read-state.ts';
import { StateWriter, type StateWriterOptions } from '../state/state-writer.ts';

/** People wait for it. */
const FLUSH_MS = 2000;

/** What is known of the time before a restart. */
interface LeftBehind {
  /** What people had changed of the configuration. */
  readonly overlay: Overlay;
  /** Goes on with the rest. To be called in the turn in which the backends come to be, before one is sent anything. */
  readonly restore: () => void;
}

const NOTHING: LeftBehind = { overlay: [], restore: () => undefined };

/** The state file of a daemon, if it has one: a reload may name another, or none. */
export class KeptState {
  readonly #options: Omit<StateWriterOptions, 'path'>;
  #writer: StateWriter | null = null;

  constructor(options: Omit<StateWriterOptions, 'path'>) {
    this.#options = options;
  }

  /** null while there is no state file. */
  get writer(): StateWriter | null {
    return this.#writer;
  }

  /** Reads what the last lb left behind, before `keep`. */
  async read(path: string | null): Promise<LeftBehind> {
    if (path === null) return NOTHING;
    const options = { ...this.#options, path };
    const state = await readState(options);
    if (state === null) return NOTHING;
    return { overlay: state.overlay, restore: () => applyState(state, options) };
  }

  /** Resolves when all that is so by now has been written, or `FLUSH_MS` later: a disk may hang. */
  async flush(): Promise<void> {
    if (this.#writer === null) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timeout = setTimeout(resolve, FLUSH_MS);
    await Promise.race([this.#writer.flush(), late]);
    clearTimeout(timeout);
  }

  /** Writes there from now on, and to the file before a last time. */
  keep(path: string | null): void {
    if (path === (this.#writer?.path ?? null)) return;
    void this.#writer?.stop();
    this.#writer = path === null ? null : new StateWriter({ ...this.#options, path });
    this.#writer?.start();
  }

  async stop(): Promise<void> {
    await this.#writer?.stop();
  }
}
