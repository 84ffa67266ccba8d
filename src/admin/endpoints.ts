import { answerOf } from '../api/answer.ts';
import type { ApiRequest, Endpoint } from '../api/endpoint.ts';
import { findEndpoint, knownPaths, pathAdvice } from '../api/find-endpoint.ts';
import type { Operator } from '../api/operator.ts';
import { exporters } from '../metrics/catalog.ts';
import type { MetricsSource, PullExporter } from '../metrics/exporter.ts';
import { type AdminAnswer, json, refusal } from './admin-answer.ts';
import { type Rights, refusalOf } from './rights.ts';

/** What an admin server tells about, and asks to do. */
export interface AdminSubject {
  readonly metrics: MetricsSource;
  readonly operator: Operator;
}

/** What a request asks for, once it is clear that it may. Told by a path and a method alone. */
export type Asked =
  | { readonly kind: 'metrics'; readonly exporter: PullExporter }
  | {
      readonly kind: 'endpoint';
      readonly endpoint: Endpoint;
      readonly parameters: Readonly<Record<string, string>>;
    }
  /** Nothing: this is the answer. */
  | { readonly kind: 'refused'; readonly answer: AdminAnswer };

/** What stands in the head of a request. */
export interface AskedHead {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  /** null for none. */
  readonly authorization: string | null;
}

export function askedBy({ method, path, authorization }: AskedHead, rights: Rights): Asked {
  const exporter = exporters.find((candidate) => candidate.path === path);
  if (exporter !== undefined) {
    const isRead = method === 'GET' || method === 'HEAD';
    return isRead ? { kind: 'metrics', exporter } : refused(wrongMethod(['GET', 'HEAD']));
  }
  const found = findEndpoint(method, path);
  if (found.kind === 'missing') return refused(missing(path));
  if (found.kind === 'wrong_method') return refused(wrongMethod(found.methods));
  const why = refusalOf(found.endpoint.access, authorization, rights);
  if (why === null) return found;
  const answer = refusal(why.status, why.message);
  return refused(
    why.status === 401 ? { ...answer, fields: ['WWW-Authenticate: Bearer realm="lb"'] } : answer,
  );
}

/** Rejects for faults of lb only. */
export async function answerTo(
  asked: Asked,
  request: Omit<ApiRequest, 'parameters'>,
  { metrics, operator }: AdminSubject,
): Promise<AdminAnswer> {
  switch (asked.kind) {
    case 'refused':
      return asked.answer;
    case 'metrics': {
      const { contentType } = asked.exporter;
      return { status: 200, contentType, body: await asked.exporter.render(metrics), fields: [] };
    }
    case 'endpoint': {
      const { endpoint, parameters } = asked;
      return json(await answerOf(endpoint, { ...request, parameters }, operator));
    }
  }
}

function refused(answer: AdminAnswer): Asked {
  return { kind: 'refused', answer };
}

function missing(path: string): AdminAnswer {
  const paths = [...exporters.map((exporter) => exporter.path), ...knownPaths()];
  return refusal(404, `there is nothing at this path${pathAdvice(path, paths)}`, { paths });
}

function wrongMethod(methods: readonly string[]): AdminAnswer {
  const answer = refusal(405, `this path understands ${methods.join(', ')}`, { methods });
  return { ...answer, fields: [`Allow: ${methods.join(', ')}`] };
}
