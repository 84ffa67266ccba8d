import type { RememberedExchange, RememberedExchanges } from '../api/exchanges.ts';
import { cleanMessage } from '../config/problem.ts';
import { type Reason, reasons } from '../foundation/reason.ts';
import { formatMs } from '../why/milliseconds.ts';
import { reasonGuide } from '../why/reason-guide.ts';
import { columns, WIDTH, wrap } from './layout.ts';

const REASON_WIDTH = 17;
const ID_WIDTH = 32;

/** The latest, one line each, in 80 columns. */
export function listText({ exchanges, entries, slow_ms }: RememberedExchanges): string {
  if (entries === 0) return 'lb remembers nothing: global.why.entries is 0.\n';
  if (exchanges.length === 0) {
    return `Nothing to tell: no request has failed, been refused, tried again or taken ${formatMs(slow_ms)}.\n`;
  }
  const heading = row('TIME', 'STATUS', 'WHY', 'REQUEST ID', 'REQUEST');
  return heading + exchanges.map(listed).join('');
}

function listed(exchange: RememberedExchange): string {
  const { time, status, reason, kind, duration_ms, request_id } = exchange;
  const quiet = kind === 'slow' ? `slow, ${formatMs(duration_ms)}` : kind;
  const what = status === 0 ? '-' : String(status);
  return row(time.slice(11, 19), what, reason ?? quiet, request_id || '-', requestText(exchange));
}

function row(time: string, status: string, why: string, id: string, request: string): string {
  const cells = [time.padEnd(8), status.padEnd(6), cut(why, REASON_WIDTH).padEnd(REASON_WIDTH)];
  const head = `${[...cells, id.padEnd(ID_WIDTH)].join(' ')} `;
  return `${cleanMessage(head + cut(request, Math.max(8, WIDTH - head.length))).trimEnd()}\n`;
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

function requestText({ method, path, protocol, listener }: RememberedExchange): string {
  if (protocol === 'tcp') return `tcp ${listener}`;
  return method === '' ? '(unreadable)' : `${method} ${path}`;
}

/** All that is known of one. */
export function exchangeText(exchange: RememberedExchange): string {
  const { method, host, path, status, reason, detail, what, cure } = exchange;
  const asked = method === '' ? requestText(exchange) : `${method} ${host}${path}`;
  const outcome = [status === 0 ? '' : status, reason, detail].filter(Boolean).join(' ');
  const facts = wrap(what, '  ') + (cure === '' ? '' : wrap(`What to do: ${cure}`, '  '));
  const text = `${asked} -> ${outcome || exchange.kind}\n\n${facts}\n${columns(factRows(exchange), '  ')}`;
  return text.split('\n').map(cleanMessage).join('\n');
}

function factRows(exchange: RememberedExchange): readonly (readonly [string, string])[] {
  const { client_ip, client_port, user_agent, listener, route, pool, backend } = exchange;
  const way = [`listener ${listener}`, route && `route ${route}`, pool && `pool ${pool}`];
  return [
    ['when', `${exchange.time}, configuration ${exchange.generation}`],
    ['id', exchange.request_id || 'none'],
    ['client', `${client_ip}:${client_port} ${user_agent}`.trim()],
    ['way', [...way, backend && `backend ${backend}`].filter(Boolean).join(', ')],
    ['attempts', attemptsText(exchange)],
    ['took', timesText(exchange)],
    ['bytes', `${exchange.bytes_in} in, ${exchange.bytes_out} out`],
  ];
}

function attemptsText({ attempts, failed_attempts, reused }: RememberedExchange): string {
  const failed = failed_attempts.map(
    ({ backend, reason, duration_ms, reused: old }) =>
      `${backend}: ${reason} after ${formatMs(duration_ms)}${old ? ', on a reused connection' : ''}`,
  );
  const last = reused ? ' (the last on a reused connection)' : '';
  return [`${attempts}${last}`, ...failed].join('; ');
}

function timesText({ duration_ms, queue_ms, connect_ms, ttfb_ms }: RememberedExchange): string {
  const parts = [
    `waited ${formatMs(queue_ms)}`,
    connect_ms === null ? 'never connected' : `connected in ${formatMs(connect_ms)}`,
    ttfb_ms === null ? 'no response' : `response after ${formatMs(ttfb_ms)}`,
  ];
  return `${formatMs(duration_ms)}: ${parts.join(', ')}`;
}

/** What docs/reasons.md says of a reason. */
export function reasonText(reason: Reason): string {
  const { status, text } = reasons[reason];
  const { cause, cure } = reasonGuide[reason];
  return `${wrap(`${reason} (${status}): ${text}`, '')}\n${wrap(cause, '  ')}${wrap(`What to do: ${cure}`, '  ')}`;
}

export function isReason(text: string): text is Reason {
  return Object.hasOwn(reasons, text);
}
