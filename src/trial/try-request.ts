import type { Reason } from '../foundation/reason.ts';
import { FAILED, type HeadLimits, HeadParser, MORE } from '../http1/head-parser.ts';
import { RequestHead } from '../http1/request-head.ts';
import { refusalOf } from '../middleware/request-policy.ts';
import type { Route, Router } from '../routing/router.ts';
import { type Verdict, verdictsOf } from '../routing/verdicts.ts';
import { headBytes, type TrialRequest } from './trial-request.ts';

/** The limits of a listener that a head alone can break. */
export interface TrialLimits extends HeadLimits {
  /** 0: no limit. */
  readonly bodyBytes: number;
}

export type ReadTrial =
  | { readonly ok: true; readonly head: RequestHead }
  | { readonly ok: false; readonly reason: Reason };

/** What a head can be refused with. */
export const trialRefusals = [
  'bad_method',
  'bad_target',
  'bad_version',
  'bad_line_end',
  'bad_field_name',
  'space_before_colon',
  'folded_field',
  'bad_field_value',
  'missing_host',
  'repeated_host',
  'bad_host',
  'host_contradicts_target',
  'bad_content_length',
  'repeated_content_length',
  'length_and_chunked',
  'bad_transfer_encoding',
  'no_route',
  'body_too_large',
  'target_too_long',
  'expectation_failed',
  'header_too_large',
  'too_many_fields',
  'unknown_transfer_coding',
  'connect_method',
  'unsupported_version',
  'max_forwards',
] as const satisfies readonly Reason[];

/** Reads the request as a listener with these limits would. */
export function readTrial(request: TrialRequest, limits: TrialLimits): ReadTrial {
  const bytes = headBytes(request);
  const head = new RequestHead(new HeadParser('request'));
  head.parser.reset(limits);
  const end = head.parser.consume(bytes, 0, bytes.length);
  if (end === FAILED) return { ok: false, reason: head.parser.violation };
  // Line ends inside of what was given have made another message of it: its listener would wait for the rest.
  if (end === MORE) return { ok: false, reason: 'header_timeout' };
  const reason = head.read() ?? refusalOf(head, limits.bodyBytes);
  return reason === null ? { ok: true, head } : { ok: false, reason };
}

/** What becomes of a request at one listener. */
export interface Trial<Target> {
  /** null when it was refused: then there is nothing to route. */
  readonly head: RequestHead | null;
  /** What lb itself would answer with; null when a route takes the request. */
  readonly refusal: Reason | null;
  /** null where there is a refusal. */
  readonly route: Route<Target> | null;
  /** Of every route, in file order; empty when the request cannot be routed. */
  readonly verdicts: ReadonlyMap<Route<Target>, Verdict>;
}

/** Reads a request and routes it, by the parser and the router that traffic goes through. Nothing is sent. */
export function tryRequest<Target>(
  request: TrialRequest,
  limits: TrialLimits,
  router: Router<Target>,
): Trial<Target> {
  const read = readTrial(request, limits);
  if (!read.ok) return { head: null, refusal: read.reason, route: null, verdicts: new Map() };
  const { head } = read;
  const verdicts = verdictsOf(router, head);
  const [route = null] = router.routes.filter((each) => verdicts.get(each)?.outcome === 'matched');
  return { head, refusal: route === null ? 'no_route' : null, route, verdicts };
}
