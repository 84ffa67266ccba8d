import type { AttemptRecord, ExchangeRecord } from '../backend/observer.ts';
import type { AccessField } from '../foundation/access-field.ts';
import { anonymousAddress, redactedQuery } from './anonymous.ts';
import { byteText, millisecondsText, nameText } from './log-text.ts';

/** The text of one field with a comma before it; '' where a record has nothing to tell there. */
export type FieldWriter = (record: ExchangeRecord) => string;

/** Fields that name what the configuration names; they are written together. */
export type PlaceField = Extract<AccessField, 'listener' | 'route' | 'pool' | 'backend'>;

type OwnField = Exclude<AccessField, PlaceField | 'time' | 'query'>;

/** Each by itself: which of them stand in a line is not theirs to know. */
export const fieldWriters: Readonly<Record<OwnField, FieldWriter>> = {
  request_id: ({ requestId }) => `,"request_id":"${byteText(requestId)}"`,
  client_ip: ({ clientAddress }) => `,"client_ip":"${byteText(clientAddress)}"`,
  client_port: ({ clientPort }) => `,"client_port":${clientPort}`,
  method: ({ method }) => `,"method":"${byteText(method)}"`,
  host: ({ host }) => `,"host":"${byteText(host)}"`,
  path: ({ path }) => `,"path":"${byteText(path)}"`,
  protocol: ({ protocol }) => `,"protocol":"${protocol}"`,
  status: ({ status }) => `,"status":${status}`,
  reason: ({ reason }) => `,"reason":"${reason ?? ''}"`,
  detail: ({ detail }) => (detail === null ? '' : `,"detail":"${detail}"`),
  bytes_in: ({ bytesIn }) => `,"bytes_in":${bytesIn}`,
  bytes_out: ({ bytesOut }) => `,"bytes_out":${bytesOut}`,
  duration_ms: ({ startedMs, endedMs }) =>
    `,"duration_ms":${millisecondsText(endedMs - startedMs)}`,
  queue_ms: ({ queueMs }) => (queueMs === 0 ? '' : `,"queue_ms":${millisecondsText(queueMs)}`),
  connect_ms: ({ connectMs, reused }) =>
    connectMs < 0 || reused ? '' : `,"connect_ms":${millisecondsText(connectMs)}`,
  ttfb_ms: ({ ttfbMs }) => (ttfbMs < 0 ? '' : `,"ttfb_ms":${millisecondsText(ttfbMs)}`),
  attempts: ({ attempts }) => `,"attempts":${attempts}`,
  attempts_detail: ({ failedAttempts }) =>
    failedAttempts.length === 0
      ? ''
      : `,"attempts_detail":[${failedAttempts.map(attemptText).join(',')}]`,
  reused: ({ reused }) => `,"reused":${reused}`,
  user_agent: ({ userAgent }) => (userAgent === '' ? '' : `,"user_agent":"${byteText(userAgent)}"`),
  generation: ({ generation }) => `,"generation":${generation}`,
};

function attemptText({ backend, reason, durationMs, reused }: AttemptRecord): string {
  return `{"backend":"${nameText(backend)}","reason":"${reason}","duration_ms":${millisecondsText(durationMs)},"reused":${reused}}`;
}

export const anonymousClient: FieldWriter = ({ clientAddress }) =>
  `,"client_ip":"${anonymousAddress(clientAddress)}"`;

export const queryWriters: Readonly<Record<'keep' | 'redact' | 'omit', FieldWriter>> = {
  keep: ({ query }) => (query === '' ? '' : `,"query":"${byteText(query)}"`),
  redact: ({ query }) => (query === '' ? '' : `,"query":"${byteText(redactedQuery(query))}"`),
  omit: () => '',
};
