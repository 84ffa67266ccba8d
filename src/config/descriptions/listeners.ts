import type { Descriptions } from './description.ts';

/** The keys of `listeners`. */
export const listenerDescriptions: Descriptions = {
  listeners: { meaning: 'Where lb listens, and where what arrives there goes.' },
  'listeners[].name': {
    meaning: 'Unique among listeners.',
    example: 'web',
    default: 'the text of `bind`',
  },
  'listeners[].bind': { meaning: 'Where to listen.', example: '":8080"' },
  'listeners[].protocol': { meaning: 'What is spoken.', example: 'tcp' },
  'listeners[].pool': {
    meaning: 'For http: short for a single route to this pool; then there is no `routes`.',
    example: 'web',
    type: 'name of a pool',
    default: 'required for tcp',
  },
  'listeners[].timeouts': { meaning: 'How long a client may take.' },
  'listeners[].timeouts.header': {
    meaning: 'Whole request head, from its first byte.',
    example: '5s',
  },
  'listeners[].timeouts.body_stall': {
    meaning: 'Longest pause within a request body.',
    example: '10s',
  },
  'listeners[].timeouts.write_stall': {
    meaning: 'Longest wait for the client to take bytes.',
    example: '10s',
  },
  'listeners[].timeouts.idle': {
    meaning: 'http: between two exchanges on one connection; tcp: without a byte either way.',
    example: '30s',
    default: '`60s`; tcp: `1h`',
  },
  'listeners[].timeouts.tunnel_idle': {
    meaning: 'Without a byte either way after an upgrade (WebSocket).',
    example: '8h',
  },
  'listeners[].limits': { meaning: 'How much a client may send.' },
  'listeners[].limits.max_connections': {
    meaning: 'Client connections of this listener; 0: only the global limit.',
    example: '5000',
  },
  'listeners[].limits.header_bytes': {
    meaning: 'A request head, request line included.',
    example: '16KiB',
  },
  'listeners[].limits.header_count': { meaning: 'Header fields of a request.', example: '64' },
  'listeners[].limits.target_bytes': {
    meaning: 'The request target (path and query).',
    example: '4KiB',
    type: 'size, `64B` to `header_bytes`',
    default: '`8KiB`, at most `header_bytes`',
  },
  'listeners[].limits.body_bytes': { meaning: 'A request body; 0: no limit.', example: '10MiB' },
  'listeners[].limits.body_rate': {
    meaning:
      'What a request body must keep up, on average, after 5 s; what lb makes the client wait does not count; 0: no limit.',
    example: '1KiB',
    type: 'size per second, `0B` to `1024GiB`',
  },
  'listeners[].forwarding': { meaning: 'What backends are told of the client.' },
  'listeners[].forwarding.x_forwarded_for': {
    meaning: 'Append the peer to `X-Forwarded-For`.',
    example: 'false',
  },
  'listeners[].forwarding.x_forwarded_proto': {
    meaning: 'Write `X-Forwarded-Proto`, unless a trusted proxy did.',
    example: 'false',
  },
  'listeners[].forwarding.x_forwarded_host': {
    meaning: 'Write `X-Forwarded-Host`, unless a trusted proxy did.',
    example: 'false',
  },
  'listeners[].forwarding.x_forwarded_port': {
    meaning: "Write `X-Forwarded-Port`, unless a trusted proxy was asked in lb's place.",
    example: 'false',
  },
  'listeners[].forwarding.forwarded': {
    meaning: 'Append an element to `Forwarded` (RFC 7239).',
    example: 'true',
  },
  'listeners[].forwarding.request_id': {
    meaning: 'Give requests an `X-Request-ID`, unless a trusted proxy did.',
    example: 'false',
  },
  'listeners[].forwarding.via': {
    meaning: 'Append lb to `Via`, in requests and responses.',
    example: 'true',
  },
  'listeners[].forwarding.server': {
    meaning: 'The `Server` field of responses.',
    example: 'remove',
  },
  'listeners[].errors': { meaning: "lb's own answers." },
  'listeners[].errors.reason_header': {
    meaning: "Put the reason of lb's own answers into `X-LB-Reason` too.",
    example: 'false',
  },
  'listeners[].routes': {
    meaning: 'See below.',
    example: '[{ match: { path: /api }, pool: api }, { pool: web }]',
    type: 'list of routes, at least one',
    default: 'required for http, unless `pool`',
  },
  'listeners[].routes[].name': {
    meaning: 'Unique in the listener.',
    example: 'api',
    default: '`route-1`, `route-2`, …',
  },
  'listeners[].routes[].match': {
    meaning: 'Which requests the route takes: those that agree with all of this.',
  },
  'listeners[].routes[].match.host': {
    meaning: 'One of these; empty: any host.',
    example: '[example.com, "*.example.com"]',
  },
  'listeners[].routes[].match.path': {
    meaning:
      'Prefix that ends at a segment: `/v1` and `/v1/` match `/v1` and `/v1/users`, not `/v10`.',
    example: '/api',
  },
  'listeners[].routes[].match.methods': {
    meaning: 'One of these; empty: any method.',
    example: '[GET, HEAD]',
  },
  'listeners[].routes[].match.headers': {
    meaning: 'All of these fields, with exactly these values.',
    example: '{ X-Beta: "1" }',
  },
  'listeners[].routes[].request_headers': {
    meaning: 'Changes to requests before they go to the backend.',
  },
  'listeners[].routes[].request_headers.set': {
    meaning: 'Replaces the field, or adds it. `Host` may be set.',
    example: '{ X-Env: production }',
  },
  'listeners[].routes[].request_headers.add': {
    meaning: 'Adds a field beside those of the same name.',
    example: '{ X-Route: api }',
  },
  'listeners[].routes[].request_headers.remove': {
    meaning: 'Takes the field out.',
    example: '[X-Debug]',
  },
  'listeners[].routes[].response_headers': {
    meaning: 'Changes to responses before they go to the client.',
  },
  'listeners[].routes[].response_headers.set': {
    meaning: 'As above, for the response.',
    example: '{ X-Frame-Options: DENY }',
  },
  'listeners[].routes[].response_headers.add': {
    meaning: 'As above.',
    example: '{ X-Served-By: lb }',
  },
  'listeners[].routes[].response_headers.remove': { meaning: 'As above.', example: '[Server]' },
  'listeners[].routes[].pool': {
    meaning: 'Where matching requests go.',
    example: 'api',
    type: 'name of a pool',
  },
  'listeners[].routes[].algorithm': {
    meaning: 'How a backend of the pool is chosen for these requests.',
    example: 'least_connections',
    type: 'as `pools.NAME.algorithm`',
    default: "the pool's",
  },
};
