import type { Histogram } from '../foundation/histogram.ts';
import type { Family, HistogramFamily, Labels, NumberFamily } from './family.ts';

/** With its headers it fits into one Ethernet frame, tunnels included: nothing is lost to fragments. */
const DATAGRAM_BYTES = 1432;

/** Lines of one timer in one push, at most. */
const TIMER_LINES = 20;

/**
 * StatsD lines, `name:value|type`: what counters have gained since the last time, gauges as they are, and for each
 * histogram what has taken how long since then, as a timer in milliseconds: up to 20 durations, spread evenly from the
 * shortest to the longest, with their share in all as the sample rate. It is the same for all of them, so percentiles are
 * right also where rates only matter to counts. StatsD knows no labels: their values are part of the name, in order.
 */
export class StatsdLines {
  readonly #prefix: string;
  #last = new Last();

  /** @param prefix of all names; '' for none. */
  constructor(prefix: string) {
    this.#prefix = prefix === '' ? '' : `${prefix}.`;
  }

  /** The lines of now; to be read to the end before the next ones. */
  *next(families: Iterable<Family>): Generator<string> {
    const before = this.#last;
    // Made anew, so that nothing remains of what is not measured any more.
    this.#last = new Last();
    for (const family of families) {
      if (family.type === 'histogram') yield* this.#timers(family, before);
      else if (family.type === 'counter') yield* this.#gains(family, before);
      else yield* this.#gauges(family);
    }
  }

  *#gauges(family: NumberFamily): Generator<string> {
    for (const { labels, value } of family.samples) {
      yield `${this.#nameOf(family, labels)}:${value}|g`;
    }
  }

  *#gains(family: NumberFamily, before: Last): Generator<string> {
    for (const { labels, value } of family.samples) {
      const name = this.#nameOf(family, labels);
      const { whole, rest } = gainOf(value, before.counters.get(name) ?? 0);
      this.#last.counters.set(name, value - rest);
      if (whole > 0) yield `${name}:${whole}|c`;
    }
  }

  *#timers(family: HistogramFamily, before: Last): Generator<string> {
    for (const { labels, value } of family.samples) {
      const name = this.#nameOf(family, labels);
      this.#last.histograms.set(name, value.copy());
      yield* timerLines(name, value, before.histograms.get(name) ?? null);
    }
  }

  #nameOf({ name }: Family, labels: Labels): string {
    return this.#prefix + [name, ...labels.map(([, value]) => wordOf(value))].join('.');
  }
}

/** What was told last, by name. */
class Last {
  readonly counters = new Map<string, number>();
  readonly histograms = new Map<string, Histogram>();
}

/**
 * A counter that is less than it was has begun anew, with a backend that came back. Some servers cut off fractions, so
 * these are left for the next time.
 */
function gainOf(value: number, before: number): { readonly whole: number; readonly rest: number } {
  const gain = value < before ? value : value - before;
  const whole = Math.floor(gain);
  return { whole, rest: gain - whole };
}

function* timerLines(name: string, now: Histogram, before: Histogram | null): Generator<string> {
  const isAnew = before !== null && now.count < before.count;
  const since = now.since(isAnew ? null : before);
  const { count } = since;
  const lines = Math.min(count, TIMER_LINES);
  const rate = lines === count ? '' : `|@${lines / count}`;
  for (let line = 0; line < lines; line++) {
    const rank = 1 + Math.round((line * (count - 1)) / Math.max(1, lines - 1));
    yield `${name}:${since.atRankMs(rank)}|ms${rate}`;
  }
}

/** Part of a name: a dot, colon, bar or at sign would mean something else there. */
function wordOf(value: string): string {
  return value === '' ? '_' : value.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}

/** Packs lines, which are ASCII and far shorter than a datagram. */
export function* inDatagrams(lines: Iterable<string>): Generator<string> {
  let datagram = '';
  for (const line of lines) {
    if (datagram !== '' && datagram.length + 1 + line.length > DATAGRAM_BYTES) {
      yield datagram;
      datagram = '';
    }
    datagram += datagram === '' ? line : `\n${line}`;
  }
  if (datagram !== '') yield datagram;
}
