import { accessFields } from '../foundation/access-field.ts';
import { logLevels } from '../foundation/log-level.ts';
import { checks } from '../health/catalog.ts';
import { algorithmSchema } from './algorithm-schema.ts';
import type { Bounds } from './kind.ts';
import type { KindName } from './kinds.ts';

/**
 * The part of JSON Schema that lb.yaml needs, and `kind`, which names an entry of kinds.ts. There is no `oneOf` and no
 * `anyOf`: each mistake breaks exactly one rule, so each gets exactly one message.
 */
export interface JsonSchema extends Bounds {
  readonly type?: string | readonly string[];
  readonly kind?: KindName;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly uniqueItems?: true;
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  /** In the words of lb.yaml; filled in by the validator. */
  readonly default?:
    | string
    | number
    | boolean
    | readonly string[]
    | Readonly<Record<string, never>>;
}

type Properties = Readonly<Record<string, JsonSchema>>;

const oneWeekMs = 7 * 24 * 3_600_000;
const oneYearMs = 365 * 24 * 3_600_000;
const oneKiB = 1024;
/** A head must fit the buffer that lb reads into. */
const readBufferBytes = 64 * oneKiB;
const maxBodyBytes = 1024 ** 4;

const map = (properties: Properties, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
/** A map that may be left out: all its keys have defaults. */
const section = (properties: Properties): JsonSchema => ({ ...map(properties), default: {} });
const text = (kind: KindName): JsonSchema => ({ type: 'string', kind });
const list = (items: JsonSchema): JsonSchema => ({
  type: 'array',
  items,
  uniqueItems: true,
  default: [],
});
const fields = (kind: KindName): JsonSchema => ({
  type: 'object',
  propertyNames: text(kind),
  additionalProperties: text('field_value'),
  default: {},
});
const timeout = (value: string, atLeast = 1): JsonSchema => ({
  ...text('duration'),
  atLeast,
  atMost: oneWeekMs,
  default: value,
});
const bytes = (value: string, atLeast: number, atMost: number): JsonSchema => ({
  type: ['string', 'integer'],
  kind: 'size',
  atLeast,
  atMost,
  default: value,
});
const count = (value: number, minimum: number, maximum: number): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum,
  default: value,
});
const toggle = (value: boolean): JsonSchema => ({ type: 'boolean', default: value });
const output: JsonSchema = { ...text('output'), default: 'stdout' };
const maxConnections = count(0, 0, 1_000_000);

const global = section({
  log: section({
    level: { enum: logLevels, default: 'info' },
    output,
  }),
  access_log: section({
    enabled: toggle(true),
    output,
    fields: list({ enum: accessFields }),
    query: { enum: ['keep', 'redact', 'omit'], default: 'keep' },
    client_ip: { enum: ['full', 'anonymous'], default: 'full' },
    sample: { ...text('percentage'), default: '100%' },
    slow: timeout('1s', 0),
  }),
  admin: {
    ...section({
      bind: { ...text('bind_address'), default: '127.0.0.1:9901' },
      token: text('bearer_token'),
    }),
    type: ['object', 'string'],
    kind: 'off',
  },
  control: { ...text('control'), default: 'auto' },
  metrics: section({
    prefix: { ...text('metric_prefix'), default: '' },
    statsd: map(
      {
        address: text('udp_address'),
        interval: { ...timeout('10s'), atLeast: 1000 },
        prefix: { ...text('statsd_prefix'), default: 'lb' },
      },
      ['address'],
    ),
  }),
  limits: section({
    max_connections: count(10_000, 1, 1_000_000),
    max_connections_per_ip: maxConnections,
  }),
  why: section({ entries: count(1000, 0, 100_000), slow: timeout('1s') }),
  state_file: { ...text('state_file'), default: 'off' },
  drain_timeout: timeout('10m', 0),
  shutdown: section({ delay: timeout('0s', 0), timeout: timeout('25s') }),
  trusted_proxies: list(text('cidr')),
  dns: section({
    servers: list(text('dns_server')),
    family: { enum: ['any', 'ipv4', 'ipv6'], default: 'any' },
  }),
});

const headerEdits = (settable: KindName): JsonSchema =>
  section({
    set: fields(settable),
    add: fields('editable_field'),
    remove: list(text('editable_field')),
  });

const route = map(
  {
    name: text('name'),
    match: section({
      host: { ...list(text('host')), type: ['string', 'array'], kind: 'host' },
      path: { ...text('path'), default: '/' },
      methods: list(text('method')),
      headers: fields('field_name'),
    }),
    request_headers: headerEdits('settable_request_field'),
    response_headers: headerEdits('editable_field'),
    pool: { type: 'string' },
    algorithm: algorithmSchema,
  },
  ['pool'],
);

const protocol: JsonSchema = { enum: ['http', 'tcp'], default: 'http' };
const listenerBase: Properties = {
  name: text('name'),
  bind: text('bind_address'),
  protocol,
  pool: { type: 'string' },
};

const httpListener = map(
  {
    ...listenerBase,
    timeouts: section({
      header: timeout('10s'),
      body_stall: timeout('30s'),
      write_stall: timeout('30s'),
      idle: timeout('60s'),
      tunnel_idle: timeout('1h'),
    }),
    limits: section({
      max_connections: maxConnections,
      header_bytes: bytes('32KiB', oneKiB, readBufferBytes),
      header_count: count(100, 1, 1000),
      target_bytes: bytes('8KiB', 64, readBufferBytes),
      body_bytes: bytes('0B', 0, maxBodyBytes),
      body_rate: bytes('240B', 0, maxBodyBytes),
    }),
    forwarding: section({
      x_forwarded_for: toggle(true),
      x_forwarded_proto: toggle(true),
      x_forwarded_host: toggle(true),
      x_forwarded_port: toggle(true),
      forwarded: toggle(false),
      request_id: toggle(true),
      via: toggle(false),
      server: { enum: ['keep', 'remove'], default: 'keep' },
    }),
    errors: section({ reason_header: toggle(true) }),
    routes: { type: 'array', items: route, minItems: 1 },
  },
  ['bind'],
);

const tcpListener = map(
  {
    ...listenerBase,
    timeouts: section({ idle: timeout('1h') }),
    limits: section({ max_connections: maxConnections }),
  },
  ['bind', 'pool'],
);

const backend: JsonSchema = {
  ...map(
    {
      name: text('name'),
      address: text('backend_address'),
      weight: count(1, 0, 1000),
      max_connections: maxConnections,
      backup: toggle(false),
      resolve: { enum: ['one', 'all'], default: 'one' },
    },
    ['address'],
  ),
  type: ['string', 'object'],
  kind: 'backend_address',
};

const sticky = map({
  cookie: { ...text('cookie_name'), default: 'lb' },
  ttl: { ...timeout('0s', 0), atMost: oneYearMs },
  secret: text('secret'),
  path: { ...text('cookie_path'), default: '/' },
  domain: text('cookie_domain'),
  same_site: { enum: ['lax', 'strict', 'none'], default: 'lax' },
  secure: { enum: ['auto', 'always', 'never'], default: 'auto' },
  http_only: toggle(true),
});

/** The options of every type in one map: the semantic checks see to it that each stands with its own type. */
const checkOptions = Object.assign(
  {},
  ...checks.map(({ optionSchemas }) => optionSchemas),
) as Properties; // whose kinds are looked up like those of this file
const healthCheck = map({
  type: { ...text('check_type'), default: 'tcp' },
  interval: { ...timeout('5s'), atLeast: 100 },
  timeout: { ...timeout('2s'), atLeast: 10 },
  unhealthy_threshold: count(3, 1, 1000),
  healthy_threshold: count(2, 1, 1000),
  ...checkOptions,
});

const passiveHealth: JsonSchema = {
  ...section({
    consecutive_failures: count(3, 1, 1000),
    ejection: { ...timeout('5s'), atLeast: 100 },
    max_ejection: timeout('60s'),
    min_healthy: count(1, 0, 10_000),
    count_5xx: toggle(false),
    count_slower_than: timeout('0s', 0),
  }),
  type: ['object', 'string'],
  kind: 'off',
};

const pool = map(
  {
    algorithm: { ...algorithmSchema, default: 'round_robin' },
    backends: { type: 'array', items: backend, minItems: 1 },
    health_check: {
      ...healthCheck,
      type: ['object', 'string'],
      kind: 'check_name',
      default: {},
    },
    passive_health: passiveHealth,
    retries: section({
      attempts: count(2, 0, 10),
      budget: { ...text('percentage'), default: '20%' },
      buffer: bytes('64KiB', 0, 1024 * 1024),
      timeout: timeout('30s'),
    }),
    timeouts: section({
      connect: timeout('3s'),
      response_header: timeout('60s'),
      response_stall: timeout('60s'),
    }),
    connection_pool: section({ max_idle: count(256, 0, 100_000), idle: timeout('4s') }),
    queue: section({ max_waiting: count(1000, 0, 1_000_000), timeout: timeout('5s') }),
    slow_start: timeout('0s', 0),
    drain_timeout: { ...text('duration'), atLeast: 0, atMost: oneWeekMs },
    when_all_down: { enum: ['fail_fast', 'try_all', 'backup'], default: 'fail_fast' },
    sticky,
  },
  ['backends'],
);

/** A request beside what it must come to. */
const routeTest = map(
  {
    request: text('test_request'),
    headers: fields('field_name'),
    listener: text('name'),
    expect: {
      ...map({ route: text('name'), pool: text('pool_name') }),
      minProperties: 1,
      type: ['object', 'string'],
      kind: 'refusal',
    },
  },
  ['request', 'expect'],
);

/** What lb.yaml may say, with every default. Told apart by `protocol`, a TCP listener has no HTTP keys. */
export const configSchema: JsonSchema = map(
  {
    global,
    listeners: {
      type: 'array',
      items: {
        if: { type: 'object', properties: { protocol: { const: 'tcp' } }, required: ['protocol'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema
        then: tcpListener,
        else: httpListener,
      },
      minItems: 1,
    },
    pools: {
      type: 'object',
      propertyNames: text('pool_name'),
      additionalProperties: pool,
      minProperties: 1,
    },
    health_checks: {
      type: 'object',
      propertyNames: text('check_name'),
      additionalProperties: healthCheck,
      default: {},
    },
    tests: { type: 'array', items: routeTest },
  },
  ['listeners', 'pools'],
);

/**
 * The schema of what stands under `key`, of the HTTP listener where listeners differ: it has every key that a TCP
 * listener has.
 */
export function childSchema(
  schema: JsonSchema | undefined,
  key: string | number,
): JsonSchema | undefined {
  if (schema === undefined) return undefined;
  if (typeof key === 'number') return schema.items;
  const { properties, additionalProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return additionalProperties || childSchema(schema.else, key);
}

/** Whether the schema takes a single value, and not only a map or a list. */
export function takesScalar(schema: JsonSchema): boolean {
  const types = typesOf(schema);
  return schema.enum !== undefined || types.some((type) => type !== 'object' && type !== 'array');
}

/** Whether an unquoted `1` or `true` means the text "1" or "true" here. */
export function takesText(schema: JsonSchema): boolean {
  const types = typesOf(schema);
  return (
    takesScalar(schema) && !['integer', 'number', 'boolean'].some((type) => types.includes(type))
  );
}

function typesOf({ type = [] }: JsonSchema): readonly string[] {
  return typeof type === 'string' ? [type] : type;
}
