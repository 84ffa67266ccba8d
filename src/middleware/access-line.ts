import type { ExchangeRecord } from '../backend/observer.ts';
import { type AccessField, accessFields } from '../foundation/access-field.ts';
import {
  anonymousClient,
  type FieldSource,
  fieldSources,
  type LineField,
  lineField,
  querySources,
  writeFields,
} from './access-fields.ts';
import type { LineWriter } from './line-writer.ts';
import { stretches } from './stretches.ts';

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
   * Hot: a general logger takes five times as long (bench/micro/access-log.ts). Text from peers can end neither a string nor
   * a line.
   *
   * @param time when it ended, RFC 3339.
   */
  write(out: LineWriter, record: ExchangeRecord, time: string): void {
    const fields = record.protocol === 'tcp' ? this.#tcp : this.#http;
    const start = out.length;
    if (this.#withTime) {
      out.bytes(TIME);
      out.ascii(time);
    }
    writeFields(out, this.#withTime, fields, record);
    if (!this.#withTime) out.begin(start);
  }
}

const TIME = Buffer.from('{"time":"');
const END: LineField = {
  isText: false,
  has: null,
  write: () => undefined,
  afterText: Buffer.from('"}\n'),
  afterJson: Buffer.from('}\n'),
};

function compile(fields: readonly AccessField[], options: LineOptions): readonly LineField[] {
  const compiled: LineField[] = [];
  const told = new Set<AccessField>();
  for (const field of fields) {
    if (field === 'time' || told.has(field)) continue;
    const stretch = stretches.find(
      (one) => one.fields[0] === field && one.fields.every((each) => fields.includes(each)),
    );
    for (const each of stretch?.fields ?? []) told.add(each);
    compiled.push({ ...lineField(field, sourceOf(field, options)), ...stretch?.source() });
  }
  return [...compiled, END];
}

function sourceOf(
  field: Exclude<AccessField, 'time'>,
  { clientIp, query }: LineOptions,
): FieldSource {
  if (field === 'query') return querySources[query];
  if (field === 'client_ip' && clientIp === 'anonymous') return anonymousClient;
  return fieldSources[field];
}
