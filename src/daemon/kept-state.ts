import { applyState } from '../state/apply-state.ts';
import { readState } from '../state/read-state.ts';
import { StateWriter, type StateWriterOptions } from '../state/state-writer.ts';

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

  /**
   * Reads what the last lb left behind, before `keep`.
   *
   * @returns goes on with it. To be called in the turn in which the backends come to be, before one is sent anything.
   */
  async read(path: string | null): Promise<() => void> {
    if (path === null) return () => undefined;
    const options = { ...this.#options, path };
    const state = await readState(options);
    return () => state && applyState(state, options);
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
