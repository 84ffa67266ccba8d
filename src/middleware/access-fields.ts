import type { AttemptRecord, ExchangeRecord } from '../backend/observer.ts';
import type { AccessField } from '../foundation/access-field.ts';
import { anonymousAddress, redactedQuery } from './anonymous.ts';
import type { LineWriter } from './line-writer.ts';
import { nameText } from './log-text.ts';

/** What a line tells in one field. */
export interface FieldSource {
  /** It is written as the inside of a JSON string; otherwise as JSON that stands for itself. */
  readonly isText: boolean;
  /** null: it has something to tell of every record. */
  readonly has: ((record: ExchangeRecord) => boolean) | null;
  readonly write: (out: LineWriter, record: ExchangeRecord) => void;
}

/** One field of a line, with what stands between the value before it and its own. */
export interface LineField extends FieldSource {
  readonly afterText: Uint8Array;
  readonly afterJson: Uint8Array;
}

export function lineField(field: AccessField, source: FieldSource): LineField {
  const afterJson = `,"${field}":${source.isText ? '"' : ''}`;
  return { ...source, afterText: Buffer.from(`"${afterJson}`), afterJson: Buffer.from(afterJson) };
}

/** @param inText what is written so far ends within a JSON string. */
export function writeFields(
  out: LineWriter,
  inText: boolean,
  fields: readonly LineField[],
  record: ExchangeRecord,
): void {
  let isOpen = inText;
  for (const { isText, has, write, afterText, afterJson } of fields) {
    if (has !== null && !has(record)) continue;
    out.bytes(isOpen ? afterText : afterJson);
    write(out, record);
    isOpen = isText;
  }
}

/** Fields that tell the same whatever the options. */
export type OwnField = Exclude<AccessField, 'time' | 'query'>;

type Has = FieldSource['has'];
type Write = FieldSource['write'];

const text = (write: Write, has: Has = null): FieldSource => ({ isText: true, has, write });
const json = (write: Write, has: Has = null): FieldSource => ({ isText: false, has, write });
const hasQuery: Has = ({ query }) => query !== '';

/** Each by itself: which of them stand in a line is not theirs to know. */
export const fieldSources: Readonly<Record<OwnField, FieldSource>> = {
  request_id: text((out, { requestId }) => out.peerText(requestId)),
  client_ip: text((out, { clientAddress }) => out.peerText(clientAddress)),
  client_port: json((out, { clientPort }) => out.integer(clientPort)),
  listener: text((out, { listener }) => out.ascii(nameText(listener))),
  route: text((out, { route }) => out.ascii(nameText(route))),
  pool: text((out, { pool }) => out.ascii(nameText(pool))),
  backend: text((out, { backend }) => out.ascii(backend === null ? '' : nameText(backend.name))),
  method: text((out, { method }) => out.peerText(method)),
  host: text((out, { host }) => out.peerText(host)),
  path: text((out, { path }) => out.peerText(path)),
  protocol: text((out, { protocol }) => out.ascii(protocol)),
  status: json((out, { status }) => out.integer(status)),
  reason: text((out, { reason }) => out.ascii(reason ?? '')),
  detail: text(
    (out, { detail }) => out.ascii(detail ?? ''),
    ({ detail }) => detail !== null,
  ),
  bytes_in: json((out, { bytesIn }) => out.integer(bytesIn)),
  bytes_out: json((out, { bytesOut }) => out.integer(bytesOut)),
  duration_ms: json((out, { startedMs, endedMs }) => out.milliseconds(endedMs - startedMs)),
  queue_ms: json(
    (out, { queueMs }) => out.milliseconds(queueMs),
    ({ queueMs }) => queueMs !== 0,
  ),
  connect_ms: json(
    (out, { connectMs }) => out.milliseconds(connectMs),
    ({ connectMs, reused }) => connectMs >= 0 && !reused,
  ),
  ttfb_ms: json(
    (out, { ttfbMs }) => out.milliseconds(ttfbMs),
    ({ ttfbMs }) => ttfbMs >= 0,
  ),
  attempts: json((out, { attempts }) => out.integer(attempts)),
  attempts_detail: json(
    (out, { failedAttempts }) => writeAttempts(out, failedAttempts),
    ({ failedAttempts }) => failedAttempts.length > 0,
  ),
  reused: json((out, { reused }) => out.ascii(`${reused}`)),
  user_agent: text(
    (out, { userAgent }) => out.peerText(userAgent),
    ({ userAgent }) => userAgent !== '',
  ),
  generation: json((out, { generation }) => out.integer(generation)),
};

function writeAttempts(out: LineWriter, attempts: readonly AttemptRecord[]): void {
  for (const [at, { backend, reason, durationMs, reused }] of attempts.entries()) {
    const opening = at === 0 ? '[' : ',';
    out.ascii(`${opening}{"backend":"${nameText(backend)}","reason":"${reason}","duration_ms":`);
    out.milliseconds(durationMs);
    out.ascii(`,"reused":${reused}}`);
  }
  out.ascii(']');
}

export const anonymousClient = text((out, { clientAddress }) =>
  out.ascii(anonymousAddress(clientAddress)),
);

export const querySources: Readonly<Record<'keep' | 'redact' | 'omit', FieldSource>> = {
  keep: text((out, { query }) => out.peerText(query), hasQuery),
  redact: text((out, { query }) => out.peerText(redactedQuery(query)), hasQuery),
  omit: text(
    () => undefined,
    () => false,
  ),
};
