import type { Backend } from '../backend/backend.ts';
import type { ExchangeRecord } from '../backend/observer.ts';
import { type AccessField, accessFields } from '../foundation/access-field.ts';
import {
  anonymousClient,
  type FieldSource,
  type FieldValue,
  fieldSources,
  type PlaceField,
  querySources,
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

/** One field of a line, with the text between the value before it and its own. */
interface LineField extends FieldSource {
  readonly afterText: string;
  readonly afterJson: string;
}

/** What becomes of records: compiled once for each configuration into a list of fields. */
export class AccessLine {
  readonly #withTime: boolean;
  readonly #http: readonly LineField[];
  readonly #tcp: readonly LineField[];

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
   * (bench/micro/access-log.ts). Two parts to a field: each makes a string of its own until the whole is written. Text
   * from peers goes through `byteText` and can neither end a string nor a line.
   *
   * @param time when it ended, RFC 3339.
   */
  text(record: ExchangeRecord, time: string): string {
    const fields = record.protocol === 'tcp' ? this.#tcp : this.#http;
    let text = this.#withTime ? `{"time":"${time}` : '';
    let inText = this.#withTime;
    for (const { value, isText, afterText, afterJson } of fields) {
      const told = value(record);
      if (told === null) continue;
      text += inText ? afterText : afterJson;
      text += told;
      inText = isText;
    }
    text += inText ? '"}\n' : '}\n';
    return this.#withTime ? text : `{${text.replace(/^,/, '')}`;
  }
}

function compile(fields: readonly AccessField[], options: LineOptions): readonly LineField[] {
  const place = new Set(fields.filter(isPlace));
  const compiled: LineField[] = [];
  for (const field of fields) {
    if (field === 'time') continue;
    if (!isPlace(field)) compiled.push(lineField(field, sourceOf(field, options)));
    else if (place.size > 0) {
      compiled.push(lineField(field, { isText: true, value: placeValue(new Set(place)) }));
      place.clear();
    }
  }
  return compiled;
}

function lineField(field: AccessField, source: FieldSource): LineField {
  const afterJson = `,"${field}":${source.isText ? '"' : ''}`;
  return { ...source, afterText: `"${afterJson}`, afterJson };
}

function isPlace(field: AccessField): field is PlaceField {
  return field === 'listener' || field === 'route' || field === 'pool' || field === 'backend';
}

function sourceOf(
  field: Exclude<AccessField, PlaceField | 'time'>,
  { clientIp, query }: LineOptions,
): FieldSource {
  if (field === 'query') return querySources[query];
  if (field === 'client_ip' && clientIp === 'anonymous') return anonymousClient;
  return fieldSources[field];
}

/** Some of the fields from listener to backend, from the value of the first to that of the last. */
interface Place {
  readonly listener: string;
  readonly route: string;
  readonly text: string;
}

/** Nearly every line repeats the place of one that its backend was in: finding it saves a quarter of the whole. */
function placeValue(fields: ReadonlySet<PlaceField>): FieldValue {
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
  return [...fields]
    .map((field, at) => (at === 0 ? '' : `","${field}":"`) + nameText(names[field]))
    .join('');
}
