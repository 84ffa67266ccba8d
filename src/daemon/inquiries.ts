import type { RememberedExchanges } from '../api/exchanges.ts';
import type { Explanation, Question } from '../api/explanation.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { explainRequest } from '../explain/explain-request.ts';
import type { BackendHealth } from '../health/backend-health.ts';
import { HttpListener } from '../protocol/http1.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Route } from '../protocol/route.ts';
import type { Router } from '../routing/router.ts';
import type { ExchangeMemory } from '../why/exchange-memory.ts';
import { exchangeReport } from './exchange-report.ts';

/** What questions about a running daemon are answered by. */
export interface Inquired {
  readonly snapshot: Snapshot;
  readonly listeners: readonly RunningListener[];
  readonly health: readonly BackendHealth[];
  readonly memory: ExchangeMemory;
}

/** @throws LbError as `explainRequest`. */
export function explainLive(
  { snapshot, listeners, health }: Inquired,
  question: Question,
): Explanation {
  return explainRequest(question, {
    snapshot,
    live: true,
    routerOf: (name) => routerOf(name, listeners),
    health: new Map(health.map((each) => [each.backend, each])),
  });
}

function routerOf(name: string, listeners: readonly RunningListener[]): Router<Route> {
  for (const listener of listeners) {
    if (listener instanceof HttpListener && listener.name === name) return listener.router;
  }
  throw new Error(`Cannot find listener ${name}: the snapshot is not the one at work`);
}

/** @param requestId null: of any. */
export function rememberedExchanges(
  { memory, snapshot }: Inquired,
  requestId: string | null,
  limit: number,
): RememberedExchanges {
  const { entries, slowMs } = snapshot.global.why;
  const all = requestId === null ? memory.exchanges : memory.find(requestId);
  return { entries, slow_ms: slowMs, exchanges: all.slice(0, limit).map(exchangeReport) };
}
