import type { Reason } from '../foundation/reason.ts';

/** Counts client connections, in total and per address; within those of a wider limit, if there is one. */
export class ConnectionLimit {
  readonly #max: number;
  readonly #maxPerIp: number;
  readonly #wider: ConnectionLimit | null;
  readonly #perIp = new Map<string, number>();
  active = 0;

  /** 0 stands for no limit. */
  constructor(max: number, maxPerIp: number, wider: ConnectionLimit | null = null) {
    this.#wider = wider;
    this.#max = max;
    this.#maxPerIp = maxPerIp;
  }

  /** Counts a connection in, or says why not. After null, `leave` must follow once with the same address. */
  admit(address: string): Reason | null {
    if (this.#max > 0 && this.active >= this.#max) return 'connection_limit';
    const count = this.#maxPerIp > 0 ? (this.#perIp.get(address) ?? 0) : 0;
    if (this.#maxPerIp > 0 && count >= this.#maxPerIp) return 'too_many_connections';
    const refusal = this.#wider?.admit(address) ?? null;
    if (refusal !== null) return refusal;
    if (this.#maxPerIp > 0) this.#perIp.set(address, count + 1);
    this.active++;
    return null;
  }

  leave(address: string): void {
    this.active--;
    this.#wider?.leave(address);
    if (this.#maxPerIp === 0) return;
    const count = this.#perIp.get(address) ?? 0;
    if (count <= 1) this.#perIp.delete(address);
    else this.#perIp.set(address, count - 1);
  }
}
