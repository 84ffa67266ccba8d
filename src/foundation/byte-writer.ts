/**
 * Bytes gathered during one event and handed to the kernel in one write. One per process: whoever fills it empties it
 * before control returns to the event loop or passes to another connection.
 */
export class ByteWriter {
  buffer: Buffer;
  length = 0;

  /** @param capacity bytes; callers check `room` before they append what they do not bound themselves. */
  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafeSlow(capacity);
  }

  get room(): number {
    return this.buffer.length - this.length;
  }

  /** One byte per character: text from a head (read as latin1) or ASCII of our own. */
  text(text: string): void {
    this.length += this.buffer.write(text, this.length, 'latin1');
  }

  copy(source: Buffer, start: number, end: number): void {
    source.copy(this.buffer, this.length, start, end);
    this.length += end - start;
  }
}
