import type { Fields } from './fields.ts';
import type { BackendName, OrderedBy } from './operator.ts';
import { flag, orNull, record, type Shape, text } from './shapes.ts';
import { backendShape } from './status.ts';

/** Of every endpoint about one backend. */
export const BACKEND_PATH = '/api/v1/pools/{pool}/backends/{backend}';

/** The reason that stands with an order in status, log and state file. */
export const why = {
  type: 'text',
  maxLength: 300,
  help: 'why, for whoever wonders later',
} as const;

export const bounds = {
  weight: { type: 'integer', minimum: 0, maximum: 1000 },
  maxConnections: { type: 'integer', minimum: 0, maximum: 1_000_000 },
} as const;

export const orderFields = { why } as const satisfies Fields;

export const orderShape: Shape = record({
  changed: flag,
  message: text,
  backend: orNull(backendShape),
});

export function backendOf(parameters: Readonly<Record<string, string>>): BackendName {
  const { pool = '', backend = '' } = parameters; // both stand in the path
  return { pool, backend };
}

export function byOf(who: string, why: string | undefined): OrderedBy {
  return { who, why: why ?? '' };
}
