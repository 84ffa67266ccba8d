import type { Reason } from '../foundation/reason.ts';

/** Counts client connections, in total and, where it is the widest limit, per address. 0 stands for no limit. */
export class ConnectionLimit {
  /** What is admitted above a maximum that has been lowered stays. */
  max: number;
  maxPerIp: number;
  readonly #wider: ConnectionLimit | null;
  /** Counted even without a limit: a reload may set one. */
  readonly #perIp = new Map<string, number>();
  active = 0;

  constructor(max: number, maxPerIp: number, wider: ConnectionLimit | null = null) {
    this.#wider = wider;
    this.max = max;
    this.maxPerIp = maxPerIp;
  }

  /** Counts a connection in, or says why not. After null, `leave` must follow once with the same address. */
  admit(address: string): Reason | null {
    if (this.max > 0 && this.active >= this.max) return 'connection_limit';
    const refusal = this.#wider === null ? this.#countIn(address) : this.#wider.admit(address);
    if (refusal === null) this.active++;
    return refusal;
  }

  leave(address: string): void {
    this.active--;
    if (this.#wider === null) this.#countOut(address);
    else this.#wider.leave(address);
  }

  #countIn(address: string): Reason | null {
    const count = this.#perIp.get(address) ?? 0;
    if (this.maxPerIp > 0 && count >= this.maxPerIp) return 'too_many_connections';
    this.#perIp.set(address, count + 1);
    return null;
  }

  #countOut(address: string): void {
    const count = this.#perIp.get(address) ?? 0;
    if (count <= 1) this.#perIp.delete(address);
    else this.#perIp.set(address, count - 1);
  }
}
