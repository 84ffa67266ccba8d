import { Histogram } from '../foundation/histogram.ts';
import type { ExchangeRecord } from './observer.ts';

/**
 * How long the exchanges and sessions of one backend took, part by part, as their records say; those count that tried
 * it last. A part's histogram comes with the first exchange that has this part.
 */
export class Timings {
  /** From the first byte of the request to the end of the response, or of the session. */
  total: Histogram | null = null;
  /** From the whole request sent to the head of the response; HTTP only. */
  firstByte: Histogram | null = null;
  /** Of those that needed a new connection. */
  connect: Histogram | null = null;
  /** Of those that had to wait for room. */
  queue: Histogram | null = null;

  observe({ startedMs, endedMs, ttfbMs, connectMs, reused, queueMs }: ExchangeRecord): void {
    this.total ??= new Histogram();
    this.total.observe(endedMs - startedMs);
    if (ttfbMs >= 0) {
      this.firstByte ??= new Histogram();
      this.firstByte.observe(ttfbMs);
    }
    if (!reused && connectMs >= 0) {
      this.connect ??= new Histogram();
      this.connect.observe(connectMs);
    }
    if (queueMs > 0) {
      this.queue ??= new Histogram();
      this.queue.observe(queueMs);
    }
  }
}
