import type { AttemptRecord, ExchangeRecord } from '../backend/observer.ts';
import type { AccessField } from '../foundation/access-field.ts';
import { anonymousAddress, redactedQuery } from './anonymous.ts';
import { byteText, millisecondsText, nameText } from './log-text.ts';

/**
 * What a record has to tell in one field, null for nothing. Text is the inside of a JSON string, anything else JSON as it
 * stands.
 */
export type FieldValue = (record: ExchangeRecord) => string | number | boolean | null;

export interface FieldSource {
  readonly isText: boolean;
  readonly value: FieldValue;
}

/** One field of a line, with the text between the value before it and its own. */
export interface LineField extends FieldSource {
  readonly afterText: string;
  readonly afterJson: string;
}

export function lineField(field: AccessField, source: FieldSource): LineField {
  const afterJson = `,"${field}":${source.isText ? '"' : ''}`;
  return { ...source, afterText: `"${afterJson}`, afterJson };
}

/**
 * Hot: two parts to a field, for each makes a string of its own until the whole is written.
 *
 * @param text what goes before. @param inText it ends within a JSON string.
 */
export function withFields(
  text: string,
  inText: boolean,
  fields: readonly LineField[],
  record: ExchangeRecord,
): string {
  let line = text;
  let isOpen = inText;
  for (const { value, isText, afterText, afterJson } of fields) {
    const told = value(record);
    if (told === null) continue;
    line += isOpen ? afterText : afterJson;
    line += told;
    isOpen = isText;
  }
  return line;
}

/** Fields that tell the same whatever the options. */
export type OwnField = Exclude<AccessField, 'time' | 'query'>;

const text = (value: FieldValue): FieldSource => ({ isText: true, value });
const json = (value: FieldValue): FieldSource => ({ isText: false, value });

/** Each by itself: which of them stand in a line is not theirs to know. */
export const fieldSources: Readonly<Record<OwnField, FieldSource>> = {
  request_id: text(({ requestId }) => byteText(requestId)),
  client_ip: text(({ clientAddress }) => byteText(clientAddress)),
  client_port: json(({ clientPort }) => clientPort),
  listener: text(({ listener }) => nameText(listener)),
  route: text(({ route }) => nameText(route)),
  pool: text(({ pool }) => nameText(pool)),
  backend: text(({ backend }) => (backend === null ? '' : nameText(backend.name))),
  method: text(({ method }) => byteText(method)),
  host: text(({ host }) => byteText(host)),
  path: text(({ path }) => byteText(path)),
  protocol: text(({ protocol }) => protocol),
  status: json(({ status }) => status),
  reason: text(({ reason }) => reason ?? ''),
  detail: text(({ detail }) => detail),
  bytes_in: json(({ bytesIn }) => bytesIn),
  bytes_out: json(({ bytesOut }) => bytesOut),
  duration_ms: json(({ startedMs, endedMs }) => millisecondsText(endedMs - startedMs)),
  queue_ms: json(({ queueMs }) => (queueMs === 0 ? null : millisecondsText(queueMs))),
  connect_ms: json(({ connectMs, reused }) =>
    connectMs < 0 || reused ? null : millisecondsText(connectMs),
  ),
  ttfb_ms: json(({ ttfbMs }) => (ttfbMs < 0 ? null : millisecondsText(ttfbMs))),
  attempts: json(({ attempts }) => attempts),
  attempts_detail: json(({ failedAttempts }) =>
    failedAttempts.length === 0 ? null : `[${failedAttempts.map(attemptText).join(',')}]`,
  ),
  reused: json(({ reused }) => reused),
  user_agent: text(({ userAgent }) => (userAgent === '' ? null : byteText(userAgent))),
  generation: json(({ generation }) => generation),
};

function attemptText({ backend, reason, durationMs, reused }: AttemptRecord): string {
  return `{"backend":"${nameText(backend)}","reason":"${reason}","duration_ms":${millisecondsText(durationMs)},"reused":${reused}}`;
}

export const anonymousClient = text(({ clientAddress }) => anonymousAddress(clientAddress));

export const querySources: Readonly<Record<'keep' | 'redact' | 'omit', FieldSource>> = {
  keep: text(({ query }) => (query === '' ? null : byteText(query))),
  redact: text(({ query }) => (query === '' ? null : byteText(redactedQuery(query)))),
  omit: text(() => null),
};
