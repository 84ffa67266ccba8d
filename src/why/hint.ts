import type { AttemptRecord } from '../backend/observer.ts';
import { type Reason, reasons } from '../foundation/reason.ts';
import type { KeptExchange } from './kept-exchange.ts';
import { formatMs } from './milliseconds.ts';
import { reasonGuide } from './reason-guide.ts';

/** What happened in plain words, and what to do about it. */
export interface Hint {
  readonly what: string;
  /** '' where nothing is to be done. */
  readonly cure: string;
}

/** Methods that may be sent twice (RFC 9110 §9.2.2). */
const IDEMPOTENT = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|TRACE)$/;

/** Reads one exchange as somebody would who knows lb well. */
export function hintOf(exchange: KeptExchange): Hint {
  const { reason, failedAttempts, status } = exchange;
  if (reason !== null) {
    const what = [whatOf(exchange, reason), whyNotRepeated(exchange, reason)];
    return { what: sentences(what), cure: cureOf(exchange, reason) };
  }
  const [first] = failedAttempts;
  if (first !== undefined) return retried(exchange, first);
  if (status >= 500) {
    const what = `${exchange.backend} itself answered ${status}; lb passed that on`;
    return {
      what: sentences([what]),
      cure: `Look at the log of ${exchange.backend} at this time.`,
    };
  }
  return slow(exchange);
}

function whatOf(exchange: KeptExchange, reason: Reason): string {
  const { backend, backendAddress, durationMs, failedAttempts, situation } = exchange;
  const where = backend === backendAddress ? backend : `${backend} (${backendAddress})`;
  const lastMs = failedAttempts.at(-1)?.durationMs ?? durationMs;
  switch (reason) {
    case 'no_route':
      return `No route takes it: ${explainCommand(exchange)} says of each why not`;
    case 'no_backend':
      return `No backend of pool ${exchange.pool} may take it: ${situation}`;
    case 'queue_full':
    case 'queue_timeout':
      return `No backend of pool ${exchange.pool} had room: ${situation}; it waited ${formatMs(exchange.queueMs)}`;
    case 'connect_refused':
      return `Nothing listens at ${where}`;
    case 'connect_timeout':
    case 'connect_failed':
      return `${where} could not be reached; lb tried for ${formatMs(lastMs)}`;
    case 'backend_closed':
    case 'backend_reset':
      return closed(exchange, where, reason);
    case 'response_timeout':
      return `${where} had the request and said nothing for ${formatMs(lastMs)}`;
    case 'client_closed':
      return clientLeft(exchange);
    default:
      return reasonGuide[reason].cause;
  }
}

function closed(
  { failedAttempts, reused, ttfbMs, pool }: KeptExchange,
  where: string,
  reason: Reason,
): string {
  const verb = reason === 'backend_reset' ? 'reset' : 'closed';
  if (ttfbMs >= 0) return `${where} ${verb} the connection in the middle of its response`;
  if (!(failedAttempts.at(-1)?.reused ?? reused)) {
    return `${where} ${verb} the connection before it had answered`;
  }
  return `${where} ${verb} a connection that had served before: it keeps idle connections for less time than \`pools.${pool}.connection_pool.idle\`, or was stopped at this moment`;
}

function clientLeft({ backend, queueMs, ttfbMs, durationMs, attempts }: KeptExchange): string {
  const after = `The client left after ${formatMs(durationMs)}`;
  if (ttfbMs >= 0) return `${after}, in the middle of its response`;
  if (attempts > 0) return `${after}, while lb waited for ${backend} to answer`;
  if (queueMs > 0) return `${after}, while it waited for a backend with room`;
  return `${after}, before its request was complete`;
}

/** For a failure that lb could have tried again, had the request been another one. */
function whyNotRepeated({ attempts, method, ttfbMs }: KeptExchange, reason: Reason): string {
  const mayHaveBeenSeen =
    reason === 'backend_closed' || reason === 'backend_reset' || reason === 'response_timeout';
  if (!mayHaveBeenSeen || attempts !== 1 || ttfbMs >= 0 || method === '') return '';
  return IDEMPOTENT.test(method)
    ? ''
    : `lb did not try again, because a backend may have acted on the ${method} already`;
}

function retried(exchange: KeptExchange, { backend, reason }: AttemptRecord): Hint {
  const { attempts, backend: last, durationMs } = exchange;
  const failed = `The first attempt, on ${backend}, failed (${reason}: ${reasons[reason].text})`;
  const then = `${last} answered in the end, on attempt ${attempts}, after ${formatMs(durationMs)}`;
  return { what: sentences([`${failed}; ${then}`]), cure: cureOf(exchange, reason) };
}

/** Where most of the time went. */
function slow(exchange: KeptExchange): Hint {
  const { queueMs, connectMs, ttfbMs, durationMs, backend, pool } = exchange;
  const transferMs = durationMs - queueMs - Math.max(0, connectMs) - Math.max(0, ttfbMs);
  const parts: readonly (readonly [ms: number, what: string, cure: string])[] = [
    [
      queueMs,
      'waited for a backend with room',
      `More backends, or faster ones; or raise \`pools.${pool}.backends[].max_connections\`.`,
    ],
    [
      connectMs,
      `went into connecting to ${backend}`,
      'Look at the network between, and whether the backend is too busy to accept.',
    ],
    [ttfbMs, `${backend} took to begin its response`, `Look at what ${backend} did at this time.`],
    [
      transferMs,
      'went into moving bodies and into waiting for the client',
      'Large bodies and slow clients take their time; nothing is wrong unless the line should be faster.',
    ],
  ];
  const [ms, what, cure] = parts.reduce((most, part) => (part[0] > most[0] ? part : most));
  return { what: sentences([`Of ${formatMs(durationMs)}, ${formatMs(ms)} ${what}`]), cure };
}

/** With the names of this exchange in place of the guide's. */
function cureOf({ pool, listener }: KeptExchange, reason: Reason): string {
  const { cure } = reasonGuide[reason];
  const named = pool === '' ? cure : cure.replaceAll('pools.NAME', `pools.${pool}`);
  return named.replaceAll('`listeners[].', `\`listeners[${listener}].`);
}

/** Safe to paste into a shell, whatever the client has asked for. */
function explainCommand({ method, host, path }: KeptExchange): string {
  return `lb explain ${shellWord(method)} ${shellWord(host === '' ? path : `http://${host}${path}`)}`;
}

function shellWord(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function sentences(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => text.replace(/(?<![.?!])$/, '.'))
    .join(' ');
}
