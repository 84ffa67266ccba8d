import { LbError } from '../foundation/lb-error.ts';

/** People and reloads that may wait for their turn. */
const MAX_WAITING = 100;

/** Lets one change of the configuration or of orders happen at a time, in the order in which they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @throws LbError BUSY; rejects as the task does. */
  async take<T>(task: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) {
      throw new LbError('BUSY', `Cannot change anything now: ${MAX_WAITING} changes wait already`);
    }
    this.#waiting++;
    const turn = this.#last.then(task).finally(() => {
      this.#waiting--;
    });
    this.#last = turn.catch(() => undefined); // told to whoever took the turn
    return turn;
  }
}
