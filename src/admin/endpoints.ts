import { exporters } from '../metrics/catalog.ts';
import type { MetricsSource } from '../metrics/exporter.ts';

/** What the admin listener tells about. */
export interface AdminSubject {
  readonly metrics: MetricsSource;
  /** Whether lb wants new traffic: no longer once it is about to stop. */
  ready(): boolean;
}

export interface AdminAnswer {
  /** With its phrase, as the status line has it. */
  readonly status: string;
  readonly contentType: string;
  readonly body: string;
}

/** What every path understands. */
export const ALLOWED_METHODS: readonly string[] = ['GET', 'HEAD'];

const HEALTH = '/healthz';
const READINESS = '/readyz';
const paths = [...exporters.map(({ path }) => path), HEALTH, READINESS];

/** @param path without a query. */
export function answerTo(subject: AdminSubject, method: string, path: string): AdminAnswer {
  if (!paths.includes(path)) {
    return json('404 Not Found', { message: 'there is nothing at this path', paths });
  }
  if (!ALLOWED_METHODS.includes(method)) {
    const methods = ALLOWED_METHODS;
    return json('405 Method Not Allowed', { message: 'this can only be read', methods });
  }
  if (path === HEALTH) return json('200 OK', { message: 'the process runs' });
  if (path === READINESS) {
    return subject.ready()
      ? json('200 OK', { message: 'ready for traffic' })
      : json('503 Service Unavailable', { message: 'not ready for traffic' });
  }
  return measurements(subject.metrics, path);
}

function measurements(metrics: MetricsSource, path: string): AdminAnswer {
  const exporter = exporters.find((candidate) => candidate.path === path);
  if (exporter === undefined) throw new Error(`Cannot answer ${path}: no exporter has this path`);
  return { status: '200 OK', contentType: exporter.contentType, body: exporter.render(metrics) };
}

/** In the shape of lb's other answers: status and its phrase first. */
function json(status: string, facts: object): AdminAnswer {
  const code = Number(status.slice(0, 3));
  const phrase = status.slice(4);
  const outcome = code === 200 ? { status: code } : { status: code, error: phrase };
  const body = `${JSON.stringify({ ...outcome, ...facts })}\n`;
  return { status, contentType: 'application/json', body };
}
