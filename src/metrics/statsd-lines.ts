import type { Histogram } from '../foundation/histogram.ts';
import type { Family, Labels } from './family.ts';

/** With its headers it fits into one Ethernet frame, tunnels included: nothing is lost to fragments. */
const DATAGRAM_BYTES = 1432;

/**
 * StatsD lines, `name:value|type`: what counters have gained since the last time, gauges as they are, and a timer in
 * milliseconds for each bucket of a histogram that has grown, with how many it stands for as the sample rate
 * (`|@0.25`: four). StatsD knows no labels: their values are part of the name, in order.
 */
export class StatsdLines {
  readonly #prefix: string;
  #counters = new Map<string, number>();
  #histograms = new Map<string, Histogram>();

  /** @param prefix of all names; '' for none. */
  constructor(prefix: string) {
    this.#prefix = prefix === '' ? '' : `${prefix}.`;
  }

  /** The lines of now; to be read to the end before the next ones. */
  *next(families: Iterable<Family>): Generator<string> {
    // Made anew, so that nothing remains of what is not measured any more.
    const counters = new Map<string, number>();
    const histograms = new Map<string, Histogram>();
    for (const family of families) {
      switch (family.type) {
        case 'counter':
          for (const { labels, value } of family.samples) {
            const name = this.#nameOf(family, labels);
            counters.set(name, value);
            yield* counterLine(name, value, this.#counters.get(name) ?? 0);
          }
          break;
        case 'gauge':
          for (const { labels, value } of family.samples) {
            yield `${this.#nameOf(family, labels)}:${value}|g`;
          }
          break;
        case 'histogram':
          for (const { labels, value } of family.samples) {
            const name = this.#nameOf(family, labels);
            const before = this.#histograms.get(name) ?? null;
            histograms.set(name, value.copy());
            yield* timerLines(name, value, before);
          }
      }
    }
    this.#counters = counters;
    this.#histograms = histograms;
  }

  #nameOf({ name }: Family, labels: Labels): string {
    return this.#prefix + [name, ...labels.map(([, value]) => wordOf(value))].join('.');
  }
}

/** A counter that is less than it was has begun anew, with a backend that came back. */
function* counterLine(name: string, value: number, before: number): Generator<string> {
  const gain = value < before ? value : value - before;
  if (gain > 0) yield `${name}:${gain}|c`;
}

function* timerLines(name: string, now: Histogram, before: Histogram | null): Generator<string> {
  const isAnew = before !== null && now.count < before.count;
  for (const { ms, count } of now.since(isAnew ? null : before).buckets()) {
    yield count === 1 ? `${name}:${ms}|ms` : `${name}:${ms}|ms|@${1 / count}`;
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
