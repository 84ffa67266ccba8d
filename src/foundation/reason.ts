/**
 * Why lb itself answered, retried or cut: the one closed list behind error bodies, the access log and counters.
 * `status` is what the client is told while it can still be told; 499 stands for a client that has left.
 */
const table = {
  // What the client sent cannot be read in exactly one way (RFC 9112 §2.2, §3, §5, §6, §7).
  bad_method: { status: 400, text: 'the method is not a token' },
  bad_target: { status: 400, text: 'the request target is not valid' },
  bad_version: { status: 400, text: 'the request line does not end in HTTP/1.1 or HTTP/1.0' },
  bad_line_end: { status: 400, text: 'a line does not end in CR LF' },
  bad_field_name: { status: 400, text: 'a field name is not a token' },
  space_before_colon: {
    status: 400,
    text: 'there is white space between a field name and its colon',
  },
  folded_field: { status: 400, text: 'a field is folded over several lines' },
  bad_field_value: { status: 400, text: 'a field value holds a control character' },
  missing_host: { status: 400, text: 'there is no Host field' },
  repeated_host: { status: 400, text: 'there is more than one Host field' },
  bad_host: { status: 400, text: 'the Host field is not a host and port' },
  host_contradicts_target: {
    status: 400,
    text: 'the Host field and the request target name different hosts',
  },
  bad_content_length: { status: 400, text: 'Content-Length is not one decimal number' },
  repeated_content_length: { status: 400, text: 'there is more than one Content-Length' },
  length_and_chunked: { status: 400, text: 'there are both Content-Length and Transfer-Encoding' },
  bad_transfer_encoding: { status: 400, text: 'Transfer-Encoding is not one final chunked' },
  transfer_encoding_in_http10: { status: 400, text: 'HTTP/1.0 has no Transfer-Encoding' },
  bad_chunk_size: { status: 400, text: 'a chunk size is not a plain hexadecimal number' },
  bad_chunk_extension: { status: 400, text: 'a chunk extension is malformed' },
  bad_chunk_end: { status: 400, text: 'chunk data does not end where its size says' },
  bad_trailer: { status: 400, text: 'the trailer section is malformed' },
  // The client asked for what lb does not do, or for more than the limits allow.
  no_route: { status: 404, text: 'no route matches this request' },
  header_timeout: { status: 408, text: 'the request head did not arrive in time' },
  body_timeout: { status: 408, text: 'the request body stopped arriving' },
  body_too_large: { status: 413, text: 'the request body is larger than the limit' },
  target_too_long: { status: 414, text: 'the request target is longer than the limit' },
  expectation_failed: { status: 417, text: 'the Expect field asks for something unknown' },
  too_many_connections: { status: 429, text: 'there are too many connections from this address' },
  header_too_large: { status: 431, text: 'the head is larger than the limit' },
  too_many_fields: { status: 431, text: 'the head has more fields than the limit' },
  unknown_transfer_coding: { status: 501, text: 'the transfer coding is not implemented' },
  connect_method: { status: 501, text: 'CONNECT is not implemented' },
  unsupported_version: { status: 505, text: 'only HTTP/1.1 and HTTP/1.0 are spoken here' },
  max_forwards: {
    status: 200,
    text: 'the request was to go no further than here (Max-Forwards: 0)',
  },
  // The client went away or stopped reading.
  client_closed: { status: 499, text: 'the client closed its connection' },
  client_stalled: { status: 499, text: 'the client stopped reading' },
  // The backend did not do its part.
  connect_refused: { status: 502, text: 'the backend refused the connection' },
  connect_failed: { status: 502, text: 'the backend could not be reached' },
  connect_timeout: { status: 504, text: 'the backend did not accept the connection in time' },
  backend_closed: {
    status: 502,
    text: 'the backend closed the connection without a whole response',
  },
  backend_reset: { status: 502, text: 'the backend reset the connection' },
  bad_response: { status: 502, text: 'the response of the backend is malformed' },
  bad_status_line: { status: 502, text: 'the status line of the backend is malformed' },
  bad_switch: { status: 502, text: 'the backend switched protocols unasked, or to nothing' },
  too_many_interim: { status: 502, text: 'the backend sent interim responses without end' },
  response_head_too_large: {
    status: 502,
    text: 'the response head of the backend is larger than the limit',
  },
  connection_limit: { status: 503, text: 'lb has as many connections as it may' },
  no_backend: { status: 503, text: 'no backend may take this request' },
  queue_full: { status: 503, text: 'every backend is full and too many wait already' },
  queue_timeout: { status: 503, text: 'no backend had room in time' },
  response_timeout: { status: 504, text: 'the backend did not answer in time' },
  response_stalled: { status: 504, text: 'the backend stopped sending its response' },
  // Nobody's fault.
  idle_timeout: { status: 408, text: 'no byte was exchanged for too long' },
  drain_timeout: {
    status: 503,
    text: 'the backend or listener was removed and drain_timeout is over',
  },
  shutdown: { status: 503, text: 'lb is shutting down' },
} as const;

export type Reason = keyof typeof table;

export interface ReasonInfo {
  readonly status: number;
  readonly text: string;
}

/** Every reason with its status and its sentence. */
export const reasons: Readonly<Record<Reason, ReasonInfo>> = table;
