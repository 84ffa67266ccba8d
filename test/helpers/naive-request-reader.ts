/** One request as a backend saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly target: string;
  /** Address lb gives for the client: the last one in X-Forwarded-For. */
  readonly client: string;
  /** Body data in the pieces it was framed in: one, or one per chunk. */
  readonly pieces: readonly string[];
  /** Its end has arrived. */
  readonly complete: boolean;
}

interface Reading {
  readonly request: SeenRequest;
  /** Offset one past what belongs to it. */
  readonly end: number;
}

/**
 * Reads HTTP/1.1 requests as a simple backend would. It shares no code and no idea with lb's own parser, so that the
 * two cannot be wrong together; anything that another parser might read differently is a `problem`.
 */
export class NaiveRequestReader {
  readonly requests: SeenRequest[] = [];
  /** What lb must never have sent, each in words. */
  readonly problems: string[] = [];
  #unread = '';

  /** @returns the request that is complete now, which has to be answered before another may come; or null. */
  feed(text: string): SeenRequest | null {
    this.#unread += text;
    const reading = this.#read();
    if (reading === null || !reading.request.complete) return null;
    this.requests.push(reading.request);
    const beyond = this.#unread.slice(reading.end);
    if (beyond !== '') this.#blame('bytes beyond a request', beyond);
    this.#unread = '';
    return reading.request;
  }

  /** No more bytes will come: what is left is a request cut short. */
  end(): void {
    if (this.#unread === '') return;
    const reading = this.#read();
    if (reading === null) this.#blame('half a head', this.#unread);
    else this.requests.push(reading.request);
  }

  #read(): Reading | null {
    const text = this.#unread;
    const headEnd = text.indexOf('\r\n\r\n');
    if (headEnd === -1) return null;
    const [requestLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
    if (/[^\t -~\x80-\xff]/.test([requestLine, ...lines].join(''))) {
      this.#blame('control characters in a head', text);
    }
    const [, method = '', target = ''] = /^(\S+) (\S+) HTTP\/1\.1$/.exec(requestLine) ?? [];
    if (method === '') this.#blame('request line', requestLine);
    const fields = this.#readFields(lines);
    const valuesOf = (name: string) => fields.filter((field) => field[0] === name);
    const [lengths, codings] = [valuesOf('content-length'), valuesOf('transfer-encoding')];
    if (lengths.length + codings.length > 1) this.#blame('framing is not one field', text);
    const client = valuesOf('x-forwarded-for').join().split(/[ ,]+/).at(-1) ?? '';
    const start = headEnd + 4;
    const body =
      codings.length > 0
        ? this.#readChunks(text, start, String(codings[0]?.[1]))
        : this.#readCounted(text, start, String(lengths[0]?.[1] ?? '0'));
    const { pieces, complete, end } = body;
    return { request: { method, target, client, pieces, complete }, end };
  }

  #readFields(lines: readonly string[]): readonly (readonly [name: string, value: string])[] {
    return lines.map((line) => {
      const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*)$/.exec(line) ?? [];
      if (name === '') this.#blame('field line', line);
      return [name.toLowerCase(), value];
    });
  }

  #readCounted(text: string, start: number, length: string) {
    if (!/^\d+$/.test(length)) this.#blame('Content-Length', length);
    const end = start + Number(length);
    return { pieces: [text.slice(start, end)], complete: text.length >= end, end };
  }

  #readChunks(text: string, start: number, coding: string) {
    if (coding !== 'chunked') this.#blame('Transfer-Encoding', coding);
    const pieces: string[] = [];
    for (let at = start; ; ) {
      const lineEnd = text.indexOf('\r\n', at);
      if (lineEnd === -1) return { pieces, complete: false, end: text.length };
      const size = text.slice(at, lineEnd);
      if (!/^[0-9a-f]+$/i.test(size)) this.#blame('chunk size', size);
      const dataStart = lineEnd + 2;
      if (Number.parseInt(size, 16) === 0) return this.#readTrailers(text, dataStart, pieces);
      const dataEnd = dataStart + Number.parseInt(size, 16);
      pieces.push(text.slice(dataStart, dataEnd));
      if (text.length < dataEnd + 2) return { pieces, complete: false, end: text.length };
      if (text.slice(dataEnd, dataEnd + 2) !== '\r\n') this.#blame('chunk end', text);
      at = dataEnd + 2;
    }
  }

  #readTrailers(text: string, start: number, pieces: readonly string[]) {
    for (let at = start; ; ) {
      const lineEnd = text.indexOf('\r\n', at);
      if (lineEnd === -1) return { pieces, complete: false, end: text.length };
      if (lineEnd === at) return { pieces, complete: true, end: at + 2 };
      this.#readFields([text.slice(at, lineEnd)]);
      at = lineEnd + 2;
    }
  }

  #blame(what: string, text: string): void {
    this.problems.push(`${what}: ${JSON.stringify(text)}`);
  }
}
