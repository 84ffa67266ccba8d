import type { Endpoint } from './endpoint.ts';
import { healthz } from './endpoints/healthz.ts';
import { readyz } from './endpoints/readyz.ts';
import { status } from './endpoints/status.ts';

/** Every endpoint. A new one is a file in `endpoints/` and a word here. */
export const endpoints: readonly Endpoint[] = [healthz, readyz, status];
