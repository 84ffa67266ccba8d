import type { ExchangeObserver, ExchangeRecord } from '../backend/observer.ts';

/** Tells several observers, in order. */
export class ObserverList implements ExchangeObserver {
  readonly #observers: readonly ExchangeObserver[];

  constructor(observers: readonly ExchangeObserver[]) {
    this.#observers = observers;
  }

  onExchange(record: ExchangeRecord): void {
    for (const observer of this.#observers) observer.onExchange(record);
  }
}
