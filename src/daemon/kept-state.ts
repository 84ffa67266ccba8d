import type { Overlay } from '../overlay/overlay.ts';
import { applyState } from '../state/apply-state.ts';
import { readState } from '../state/read-state.ts';
import { StateWriter, type StateWriterOptions } from '../state/state-writer.ts';

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

  /** Something has changed that shall be written without delay. */
  look(): void {
    this.#writer?.look();
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
