/** Buffers of one size that are used again, so that nothing is allocated where one is needed for each exchange or read. */
export class SpareBuffers {
  /** Bytes of each. */
  readonly size: number;
  readonly #max: number;
  readonly #spare: Buffer[] = [];

  /** @param max kept for later; what is given back beyond that is left to the garbage collector. */
  constructor(size: number, max: number) {
    this.size = size;
    this.#max = max;
  }

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.size);
  }

  /** Nobody reads from it any more, the kernel included. */
  release(buffer: Buffer): void {
    if (this.#spare.length < this.#max) this.#spare.push(buffer);
  }
}
