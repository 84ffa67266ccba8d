/** A response as a test looks at it. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface ReadResponse extends HttpResponse {
  /** Offset one past the last byte of the response in the text it was read from. */
  readonly end: number;
}

/** Reads a response head; `end` is one past its empty line. Null while that has not arrived. */
export function readHead(text: string, start: number) {
  const end = text.indexOf('\r\n\r\n', start);
  if (end === -1) return null;
  const [statusLine = '', ...fields] = text.slice(start, end).split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})( |$)/.exec(statusLine)?.[1];
  if (status === undefined) throw new Error(`Not a status line: ${statusLine}`);
  const headers = new Headers();
  for (const field of fields) {
    const colon = field.indexOf(':');
    headers.append(field.slice(0, colon), field.slice(colon + 1).trim());
  }
  return { status: Number(status), headers, end: end + 4 };
}

/**
 * Reads one response, 1xx included as one of its own.
 *
 * @param bodiless whether the request was a HEAD.
 * @param ended whether no more bytes will come, which completes a response that is delimited by the close.
 * @returns null while the response is incomplete.
 */
export function readResponse(
  text: string,
  start: number,
  bodiless: boolean,
  ended: boolean,
): ReadResponse | null {
  const head = readHead(text, start);
  if (head === null) return null;
  const { status, headers } = head;
  if (bodiless || status < 200 || status === 204 || status === 304) {
    return { status, headers, body: '', end: head.end };
  }
  if (headers.get('transfer-encoding') === 'chunked') {
    const chunks = readChunks(text, head.end);
    return chunks && { status, headers, ...chunks };
  }
  const length = headers.get('content-length');
  if (length === null && !ended) return null;
  const end = length === null ? text.length : head.end + Number(length);
  if (text.length < end) return null;
  return { status, headers, body: text.slice(head.end, end), end };
}

/** Reads a chunked body without trailers. */
function readChunks(text: string, start: number): { body: string; end: number } | null {
  let body = '';
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (!(size >= 0)) throw new Error(`Not a chunk size: ${text.slice(at, lineEnd)}`);
    const end = lineEnd + 2 + size + 2;
    if (text.length < end) return null;
    body += text.slice(lineEnd + 2, end - 2);
    if (size === 0) return { body, end };
    at = end;
  }
}
