import type { Endpoint } from './endpoint.ts';
import { addBackend } from './endpoints/add-backend.ts';
import { backend } from './endpoints/backend.ts';
import { exchanges } from './endpoints/exchanges.ts';
import { explain } from './endpoints/explain.ts';
import { healthz } from './endpoints/healthz.ts';
import { logLevel } from './endpoints/log-level.ts';
import { order } from './endpoints/order.ts';
import { plan } from './endpoints/plan.ts';
import { readyz } from './endpoints/readyz.ts';
import { reload } from './endpoints/reload.ts';
import { removeBackend } from './endpoints/remove-backend.ts';
import { resetBackend } from './endpoints/reset-backend.ts';
import { status } from './endpoints/status.ts';
import { weight } from './endpoints/weight.ts';

/** Every endpoint. A new one is a file in `endpoints/` and a word here. */
export const endpoints: readonly Endpoint[] = [
  healthz,
  readyz,
  status,
  backend,
  order,
  weight,
  addBackend,
  removeBackend,
  resetBackend,
  logLevel,
  reload,
  plan,
  explain,
  exchanges,
];
