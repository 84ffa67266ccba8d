import type { Histogram } from '../foundation/histogram.ts';

/** In the order in which they are shown. */
export type Labels = readonly (readonly [name: string, value: string])[];

export interface Sample<Value> {
  readonly labels: Labels;
  readonly value: Value;
}

interface FamilyBase {
  /** Without the prefix of the configuration. Base units, and `_total` for counters. */
  readonly name: string;
  /** One line, without a backslash. */
  readonly help: string;
}

export interface NumberFamily extends FamilyBase {
  /** What a counter says only grows while lb runs; what a gauge says is now so. */
  readonly type: 'counter' | 'gauge';
  /** No two agree in every label. */
  readonly samples: Iterable<Sample<number>>;
}

export interface HistogramFamily extends FamilyBase {
  readonly type: 'histogram';
  /** Of durations; shown in seconds. */
  readonly samples: Iterable<Sample<Histogram>>;
}

/** One metric with all that it says now: what exporters write down, each in its own way. */
export type Family = NumberFamily | HistogramFamily;

export function counter(
  name: string,
  help: string,
  samples: Iterable<Sample<number>>,
): NumberFamily {
  return { name, type: 'counter', help, samples };
}

export function gauge(name: string, help: string, samples: Iterable<Sample<number>>): NumberFamily {
  return { name, type: 'gauge', help, samples };
}

export function histogram(
  name: string,
  help: string,
  samples: Iterable<Sample<Histogram>>,
): HistogramFamily {
  return { name, type: 'histogram', help, samples };
}

/** For what there is one of; absent where its value is not known. */
export function single(value: number | null | undefined): readonly Sample<number>[] {
  return value === null || value === undefined ? [] : [{ labels: [], value }];
}
