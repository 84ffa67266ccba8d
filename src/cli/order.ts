import type { OrderAnswer } from '../api/operator.ts';
import type { BackendStatus } from '../api/status.ts';
import { parseDuration } from '../config/units.ts';
import { LbError } from '../foundation/lb-error.ts';
import { type Asked, backendPath, ControlClient } from './control-client.ts';
import type { ControlPlace } from './find-control.ts';
import type { Io } from './io.ts';

/** What every order is given. */
export interface OrderOptions extends ControlPlace {
  readonly json: boolean;
}

/** Gives an order and prints what came of it. @returns exit code 0. @throws as `ControlClient.demand` */
export async function giveOrder(asked: Asked, options: OrderOptions, io: Io): Promise<number> {
  const client = await ControlClient.find(options, io);
  const answer = (await client.demand(asked)) as unknown as OrderAnswer; // as its endpoint says
  io.stdout(options.json ? `${JSON.stringify(answer)}\n` : `${answer.message}\n`);
  return 0;
}

export interface DrainOptions extends OrderOptions {
  readonly order: 'ready' | 'draining' | 'maintenance';
  readonly why: string | undefined;
  /** How long to wait until nothing is in flight, as a duration; undefined: not at all. */
  readonly wait: string | undefined;
}

/** A request waits no longer than the API lets it. */
const MAX_WAIT_SECONDS = 60;

/**
 * `lb drain`, `lb maintenance`, `lb ready`.
 *
 * @returns exit code 0, or 1 when something is still in flight after the wait.
 */
export async function runOrder(name: string, options: DrainOptions, io: Io): Promise<number> {
  const path = backendPath(name);
  const { order, why, json } = options;
  const waitMs = options.wait === undefined ? null : durationOf(options.wait);
  const body = { order, ...(why === undefined ? {} : { why }) };
  const asked: Asked = { method: 'PUT', path: `${path}/order`, body };
  if (waitMs === null) return giveOrder(asked, options, io);
  const client = await ControlClient.find(options, io);
  const answer = (await client.demand(asked)) as unknown as OrderAnswer; // as its endpoint says
  if (!json) io.stdout(`${answer.message}\n`);
  const backend = await waitUntilIdle(client, path, waitMs);
  const isIdle = backend.in_flight === 0;
  if (json) io.stdout(`${JSON.stringify({ ...answer, idle: isIdle, backend })}\n`);
  else io.stdout(`${name} ${outcomeOf(backend, options.wait ?? '')}\n`);
  return isIdle ? 0 : 1;
}

async function waitUntilIdle(client: ControlClient, path: string, waitMs: number) {
  const endMs = Date.now() + waitMs;
  for (;;) {
    const leftSeconds = Math.ceil((endMs - Date.now()) / 1000);
    const wait = Math.max(0, Math.min(MAX_WAIT_SECONDS, leftSeconds));
    const answer = await client.demand({ method: 'GET', path: `${path}?wait=${wait}` });
    const backend = answer as unknown as BackendStatus; // as its endpoint says
    const isOver = backend.in_flight === 0 || backend.order?.order === 'ready';
    if (isOver || Date.now() >= endMs) return backend;
  }
}

function outcomeOf({ in_flight, order }: BackendStatus, wait: string): string {
  if (in_flight === 0) return 'is drained: nothing is in flight';
  if (order?.order === 'ready') {
    return `is ready for traffic again, as ${order.who} wanted: ${in_flight} in flight`;
  }
  return `is not drained after ${wait}: ${in_flight} in flight`;
}

/** @throws LbError USAGE */
function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  const message = `Cannot wait for ${JSON.stringify(text)}: it is no duration; needs one such as 60s or 10m`;
  throw new LbError('USAGE', message);
}
