import type { ExchangeRecord } from '../backend/observer.ts';
import { Histogram } from '../foundation/histogram.ts';
import type { Reason } from '../foundation/reason.ts';

/** What counts under names of the configuration have in common. */
export interface Cell {
  /** 0 while all its names are in use; else the number of the look that first found one that was not. */
  goneSince: number;
}

/** Exchanges that agree in every label. */
export class ExchangeCount implements Cell {
  readonly listener: string;
  readonly route: string;
  readonly pool: string;
  /** '' when no backend was tried. */
  readonly backend: string;
  readonly status: number;
  goneSince = 0;
  count = 0;

  constructor(record: ExchangeRecord) {
    this.listener = record.listener;
    this.route = record.route;
    this.pool = record.pool;
    this.backend = record.backend === null ? '' : record.backend.name;
    this.status = record.status;
  }
}

/** Exchanges of one listener that lb itself ended or answered, for the same reason. */
export class ReasonCount implements Cell {
  readonly listener: string;
  readonly reason: Reason;
  goneSince = 0;
  count = 0;

  constructor(listener: string, reason: Reason) {
    this.listener = listener;
    this.reason = reason;
  }
}

/** How long the exchanges of one route took. */
export class RouteDurations implements Cell {
  readonly listener: string;
  readonly route: string;
  readonly histogram = new Histogram();
  goneSince = 0;

  constructor(listener: string, route: string) {
    this.listener = listener;
    this.route = route;
  }
}

/** Bytes from and to the clients of one listener, as `ExchangeRecord` has them. */
export class ListenerBytes implements Cell {
  readonly listener: string;
  goneSince = 0;
  bytesIn = 0;
  bytesOut = 0;

  constructor(listener: string) {
    this.listener = listener;
  }
}

/** Which names are in use: those of the configuration at work. */
export interface LiveNames {
  hasListener(listener: string): boolean;
  hasRoute(listener: string, route: string): boolean;
  hasBackend(pool: string, backend: string): boolean;
}

/** Notes which of them have names that are no longer in use. @param look number of this look, from 1. */
export function noteGone<Kind extends Cell>(
  cells: readonly Kind[],
  isLive: (cell: Kind) => boolean,
  look: number,
): void {
  for (const cell of cells) {
    if (isLive(cell)) cell.goneSince = 0;
    else if (cell.goneSince === 0) cell.goneSince = look;
  }
}

/** The look since which at most so many have gone: those that went before must be forgotten. */
export function oldestKept(cells: readonly Cell[], atMost: number): number {
  const latestFirst = cells
    .map(({ goneSince }) => goneSince)
    .filter((look) => look > 0)
    .toSorted((one, other) => other - one);
  const tooOld = latestFirst[atMost];
  return tooOld === undefined ? 0 : tooOld + 1;
}
