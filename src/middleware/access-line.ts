import type { Backend } from '../backend/backend.ts';
import type { ExchangeRecord } from '../backend/observer.ts';
import { type AccessField, accessFields } from '../foundation/access-field.ts';
import {
  anonymousClient,
  type FieldWriter,
  fieldWriters,
  type PlaceField,
  queryWriters,
} from './access-fields.ts';
import { nameText } from './log-text.ts';

/** What a line tells. */
export interface LineOptions {
  /** Which fields; their order is always that of `accessFields`. Empty: all. */
  readonly fields: readonly AccessField[];
  /** Of a query `redact` leaves the names, `omit` nothing. */
  readonly query: 'keep' | 'redact' | 'omit';
  /** `anonymous` leaves the network that it is in. */
  readonly clientIp: 'full' | 'anonymous';
}

/** Fields that a TCP session does not have. */
const httpOnly: ReadonlySet<AccessField> = new Set<AccessField>([
  'request_id',
  'route',
  'method',
  'host',
  'path',
  'query',
  'status',
  'detail',
  'ttfb_ms',
  'user_agent',
]);

/** What becomes of records: compiled once for each configuration into a list of writers. */
export class AccessLine {
  readonly #withTime: boolean;
  readonly #http: readonly FieldWriter[];
  readonly #tcp: readonly FieldWriter[];

  constructor(options: LineOptions) {
    const wanted = options.fields.length === 0 ? accessFields : options.fields;
    const fields = accessFields.filter((field) => wanted.includes(field));
    const tcpFields = fields.filter((field) => !httpOnly.has(field));
    this.#withTime = fields[0] === 'time';
    this.#http = compile(fields, options);
    this.#tcp = compile(tcpFields, options);
  }

  /**
   * Hot: concatenated from parts that are known to be safe, because a general logger takes five times as long
   * (bench/micro/access-log.ts). Text from peers goes through `byteText` and can neither end a string nor a line.
   *
   * @param time when it ended, RFC 3339.
   */
  text(record: ExchangeRecord, time: string): string {
    const writers = record.protocol === 'tcp' ? this.#tcp : this.#http;
    let text = '';
    for (const write of writers) text += write(record);
    return this.#withTime ? `{"time":"${time}"${text}}\n` : `{${text.slice(1)}}\n`;
  }
}

function compile(fields: readonly AccessField[], options: LineOptions): readonly FieldWriter[] {
  const place = new Set(fields.filter(isPlace));
  const writers: FieldWriter[] = [];
  for (const field of fields) {
    if (field === 'time') continue;
    if (!isPlace(field)) writers.push(writerOf(field, options));
    else if (place.size > 0) {
      writers.push(placeWriter(new Set(place)));
      place.clear();
    }
  }
  return writers;
}

function isPlace(field: AccessField): field is PlaceField {
  return field === 'listener' || field === 'route' || field === 'pool' || field === 'backend';
}

function writerOf(
  field: Exclude<AccessField, PlaceField | 'time'>,
  { clientIp, query }: LineOptions,
): FieldWriter {
  if (field === 'query') return queryWriters[query];
  if (field === 'client_ip' && clientIp === 'anonymous') return anonymousClient;
  return fieldWriters[field];
}

/** Some of the fields from listener to backend, as text. */
interface Place {
  readonly listener: string;
  readonly route: string;
  readonly text: string;
}

/** Nearly every line repeats the place of one that its backend was in: finding it saves a quarter of the whole. */
function placeWriter(fields: ReadonlySet<PlaceField>): FieldWriter {
  /** Where each backend was last reached through; gone with the backend. */
  const places = new WeakMap<Backend, Place>();
  return (record) => {
    const { backend, listener, route } = record;
    if (backend === null) return placeText(record, fields);
    const known = places.get(backend);
    if (known !== undefined && known.route === route && known.listener === listener) {
      return known.text;
    }
    const text = placeText(record, fields);
    places.set(backend, { listener, route, text });
    return text;
  };
}

function placeText(record: ExchangeRecord, fields: ReadonlySet<PlaceField>): string {
  const { listener, route, pool, backend } = record;
  const names = { listener, route, pool, backend: backend?.name ?? '' };
  return [...fields].map((field) => `,"${field}":"${nameText(names[field])}"`).join('');
}
