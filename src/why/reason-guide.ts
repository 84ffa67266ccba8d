import type { Reason } from '../foundation/reason.ts';

/** Where to look first. */
export type Realm = 'request' | 'limit' | 'client' | 'backend' | 'pool' | 'operation';

/** What people should know of a reason beyond its sentence. Code and keys stand in backquotes. */
export interface Guidance {
  readonly realm: Realm;
  /** How it comes about. */
  readonly cause: string;
  /** What to look at, and which key to change. */
  readonly cure: string;
}

/** Of all that two parsers could read differently: there is no switch for it. */
const MEND_CLIENT =
  'Mend the client, or the proxy in front of lb, that writes it; no key makes lb accept it, because a backend might read it differently. `user_agent` and `client_ip` in the access log say who it was.';

const malformed = (cause: string, cure = MEND_CLIENT): Guidance => ({
  realm: 'request',
  cause,
  cure,
});

/** Cause and cure of every reason: what `lb why` and docs/reasons.md say. */
export const reasonGuide: Readonly<Record<Reason, Guidance>> = {
  bad_method: malformed(
    'The request does not begin with a method: often TLS or another protocol spoken to an HTTP listener, a scanner, or bytes left over from a body of the wrong length.',
    'Look at the listener: is it meant for this protocol? For TLS use a port that ends it. Otherwise mend the client.',
  ),
  bad_target: malformed(
    'The request target holds a space, a control character or a byte that no URL may have, or is no path, no `http://` URL and no `*`.',
    'Let the client percent-encode its URL.',
  ),
  bad_version: malformed(
    'The request line does not end in `HTTP/1.1` or `HTTP/1.0`, often because a space in the URL was not encoded.',
    'Let the client percent-encode its URL; a space is `%20`.',
  ),
  bad_line_end: malformed(
    'A line ends in a bare LF, or a CR stands alone. Requests written by hand or by scripts do that.',
  ),
  bad_field_name: malformed(
    'A header field has no name, or one that is not a token, such as one with a space or an umlaut.',
  ),
  space_before_colon: malformed(
    'White space stands between a field name and its colon, a known way to smuggle requests past a proxy.',
  ),
  folded_field: malformed(
    'A header field goes on in a second line, which HTTP/1.1 has given up (obs-fold).',
  ),
  bad_field_value: malformed(
    'A header field holds a control character, such as a bare CR or a zero byte.',
  ),
  missing_host: malformed(
    'An HTTP/1.1 request has no Host field. Clients of HTTP/1.0 that call themselves HTTP/1.1 do that.',
  ),
  repeated_host: malformed(
    'There are two Host fields: lb and a backend could each go by another one.',
  ),
  bad_host: malformed(
    'The Host field is not a host with an optional port: it holds a path, a user name, a space or a list.',
  ),
  host_contradicts_target: malformed(
    'The client sent `GET http://one/ HTTP/1.1` with `Host: other`: lb and a backend could each go by another one.',
    'Let the client, or the forward proxy it uses, send the same host in both.',
  ),
  bad_content_length: malformed(
    'Content-Length is not one plain decimal number: a sign, a list, a fraction, or empty.',
  ),
  repeated_content_length: malformed('There are two Content-Length fields, alike or not.'),
  length_and_chunked: malformed(
    'Content-Length and Transfer-Encoding stand in one request: the classic way to smuggle a second request inside a body.',
  ),
  bad_transfer_encoding: malformed(
    'Transfer-Encoding is not one `chunked` at the end: it is misspelt, repeated, or followed by something.',
  ),
  transfer_encoding_in_http10: malformed(
    'A request of HTTP/1.0 has Transfer-Encoding, which that version does not know.',
  ),
  bad_chunk_size: malformed(
    'The size of a chunk is not a plain hexadecimal number, or is too large to be one.',
  ),
  bad_chunk_extension: malformed(
    'What follows the size of a chunk is no chunk extension, or an overlong one.',
  ),
  bad_chunk_end: malformed('The data of a chunk is longer or shorter than its size says.'),
  bad_trailer: malformed('The fields behind the last chunk cannot be read, or are too many.'),
  no_route: {
    realm: 'request',
    cause: 'No route of the listener takes this host, path, method and these headers.',
    cure: '`lb explain METHOD URL` says of each route why not. A route without `match` takes whatever no other takes.',
  },
  header_timeout: {
    realm: 'client',
    cause:
      'The client began a request and did not finish its head in time: a very slow line, a client that hangs, or a slow-header attack.',
    cure: 'Raise `listeners[].timeouts.header` only for clients that really are that slow; `limits.max_connections_per_ip` bounds attackers.',
  },
  body_timeout: {
    realm: 'client',
    cause: 'The client stopped sending its body, or sent it slower than it must.',
    cure: 'Look at the way to the client. For uploads over poor lines raise `listeners[].timeouts.body_stall` or lower `listeners[].limits.body_rate`.',
  },
  body_too_large: {
    realm: 'limit',
    cause: 'The body is, or became, larger than the listener allows.',
    cure: 'Raise `listeners[].limits.body_bytes` if such uploads are meant to come through.',
  },
  target_too_long: {
    realm: 'limit',
    cause:
      'The URL is longer than the listener allows, often because of a form sent by GET or of state kept in the query.',
    cure: 'Raise `listeners[].limits.target_bytes`, and `header_bytes` with it, or send the data in a body.',
  },
  expectation_failed: {
    realm: 'request',
    cause: 'The Expect field asks for something other than `100-continue`.',
    cure: 'Let the client leave it out; nothing else is defined.',
  },
  too_many_connections: {
    realm: 'limit',
    cause: 'One client address has as many connections as it may.',
    cure: 'Many people behind one address (a company, a proxy)? Raise `global.limits.max_connections_per_ip`. Otherwise it does what it is for.',
  },
  header_too_large: {
    realm: 'limit',
    cause:
      'The head is larger than the listener allows, nearly always because of cookies that have piled up.',
    cure: 'Delete cookies that nobody needs, or raise `listeners[].limits.header_bytes` (64KiB at most).',
  },
  too_many_fields: {
    realm: 'limit',
    cause: 'The head has more fields than the listener allows.',
    cure: 'Raise `listeners[].limits.header_count` if a proxy in front of lb really adds that many.',
  },
  unknown_transfer_coding: {
    realm: 'request',
    cause:
      'The body is coded with something other than `chunked`, such as `gzip, chunked` in Transfer-Encoding.',
    cure: 'Let the client use Content-Encoding, which passes through unchanged.',
  },
  connect_method: {
    realm: 'request',
    cause: 'CONNECT asks for a tunnel through a forward proxy, which lb is not. Scanners try that.',
    cure: 'Nothing, unless a client of yours is set up to use lb as its proxy.',
  },
  unsupported_version: {
    realm: 'request',
    cause:
      'The request is of another version than HTTP/1.1 and HTTP/1.0: HTTP/2 without TLS, or something made up.',
    cure: 'Let the client speak HTTP/1.1 to this listener.',
  },
  max_forwards: {
    realm: 'request',
    cause:
      'TRACE or OPTIONS with `Max-Forwards: 0` asks lb itself, which answers that it is there.',
    cure: 'Nothing: this is how clients find the proxies on their way.',
  },
  client_closed: {
    realm: 'client',
    cause:
      'The client left before it had its answer: somebody went to another page, or its own timeout was shorter than the wait.',
    cure: 'If there are many, look at `ttfb_ms`: clients lose patience with a slow backend. A health check of a proxy in front of lb that hangs up looks the same.',
  },
  client_stalled: {
    realm: 'client',
    cause: 'The client stopped reading its response while it was still connected.',
    cure: 'Look at the way to the client; for clients that pause on purpose raise `listeners[].timeouts.write_stall`.',
  },
  connect_refused: {
    realm: 'backend',
    cause:
      'Nothing listens at the address of the backend: it is stopped, is starting, or listens somewhere else.',
    cure: 'Is the process running, and bound to this address and port (`ss -ltn` there)? Let deployments order `lb drain` first, and let `health_check` find out sooner with a shorter `interval`.',
  },
  connect_failed: {
    realm: 'backend',
    cause:
      'The network says that the backend cannot be reached: no route to the host, a firewall that rejects, no such Unix socket, or lb has no more sockets or ports.',
    cure: 'Try the address from this machine (`curl -v`); look at routes and firewalls, and at the limit of open files of lb.',
  },
  connect_timeout: {
    realm: 'backend',
    cause:
      'The backend did not accept the connection in time: the machine is gone, a firewall drops, or its accept queue is full.',
    cure: 'Is the machine up? Is the backend too busy to accept? Then give it `max_connections`, or more backends. `pools.NAME.timeouts.connect` should be above the time to the farthest one.',
  },
  backend_closed: {
    realm: 'backend',
    cause:
      'The backend closed the connection before its response was whole: it crashed, was restarted, gave up, or closed an idle connection at the moment lb used it again.',
    cure: 'Look at the log of the backend at this time. If the connection was a reused one, let the backend keep idle connections for longer than `pools.NAME.connection_pool.idle`, or lower that key.',
  },
  backend_reset: {
    realm: 'backend',
    cause:
      'The backend reset the connection: its process died, it refused to read a body, or a device between lb and it forgot the connection.',
    cure: 'Look at the log of the backend at this time. If the connection was a reused one, lower `pools.NAME.connection_pool.idle` below the idle timeout of the backend and of firewalls between.',
  },
  bad_response: {
    realm: 'backend',
    cause:
      'The response breaks HTTP in a way that clients could read differently; `detail` in the access log names the rule.',
    cure: 'Mend the application or its server. `curl -v` straight to the backend shows the head.',
  },
  bad_status_line: {
    realm: 'backend',
    cause:
      'What the backend says does not begin with a status line: it speaks another protocol, often TLS.',
    cure: 'Does the address belong to an HTTP port? If the port speaks TLS, give lb the plain one.',
  },
  bad_switch: {
    realm: 'backend',
    cause:
      'The backend switched protocols (101) though the client had not asked, or without saying to what.',
    cure: 'Mend the application; for WebSockets it must answer with the `Upgrade` that it was asked for.',
  },
  too_many_interim: {
    realm: 'backend',
    cause: 'The backend sent one 1xx response after the other and no final one.',
    cure: 'Mend the application: 32 interim responses are passed on.',
  },
  response_head_too_large: {
    realm: 'backend',
    cause:
      'The head of the response is larger than 64 KiB or has more than 1,000 fields: often a loop that sets cookies.',
    cure: 'Mend the application; the limit is that of the buffer lb reads into.',
  },
  connection_limit: {
    realm: 'limit',
    cause: 'lb, or this listener, has as many client connections as it may.',
    cure: 'Raise `global.limits.max_connections` or `listeners[].limits.max_connections`, and the limit of open files with it; or lower `timeouts.idle`, so that idle clients make room.',
  },
  no_backend: {
    realm: 'pool',
    cause:
      'No backend of the pool may take new traffic: each is down, ejected, taken out by people, without an address, or of weight 0.',
    cure: '`lb status` shows each backend with its state and why. For pools that should try anyway: `pools.NAME.when_all_down: try_all`.',
  },
  queue_full: {
    realm: 'pool',
    cause: 'Every backend has reached its `max_connections`, and as many requests wait as may.',
    cure: 'More backends, or faster ones. Raise `backends[].max_connections` if they can take more, or `pools.NAME.queue.max_waiting` for short peaks.',
  },
  queue_timeout: {
    realm: 'pool',
    cause:
      'Every backend had reached its `max_connections`, and none had room for this request in time.',
    cure: 'More backends, or faster ones. Raise `backends[].max_connections` if they can take more, or `pools.NAME.queue.timeout` if clients would rather wait.',
  },
  response_timeout: {
    realm: 'backend',
    cause:
      'The backend has the request and did not begin its response in time: it is overloaded, is stuck on a lock or a database, or the request is that expensive.',
    cure: 'Look at what the backend did at this time. For requests that take so long by design raise `pools.NAME.timeouts.response_header`.',
  },
  response_stalled: {
    realm: 'backend',
    cause:
      'The backend began its response and then sent nothing more for too long; the client got a cut response.',
    cure: 'Look at the backend. For streams that are silent by design (server-sent events) let them send comments, or raise `pools.NAME.timeouts.response_stall`.',
  },
  idle_timeout: {
    realm: 'operation',
    cause:
      'A TCP session or an upgraded connection had not carried a byte for too long, and was closed.',
    cure: 'Let the client or the server ping; or raise `timeouts.idle` of the tcp listener, `timeouts.tunnel_idle` for WebSockets.',
  },
  drain_timeout: {
    realm: 'operation',
    cause:
      'A reload removed the backend or listener of this long-lived connection, or somebody took it out, and the time to leave was over.',
    cure: 'Nothing: clients connect again. For longer sessions raise `drain_timeout`, global or of the pool.',
  },
  shutdown: {
    realm: 'operation',
    cause: 'lb was told to stop, and this exchange was not over when the time was up.',
    cure: 'Raise `global.shutdown.timeout`, together with the patience of whoever stops lb (`TimeoutStopSec`, `terminationGracePeriodSeconds`).',
  },
};
