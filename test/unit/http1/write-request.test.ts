import { describe, expect, it } from 'vitest';
import { fieldSet } from '../../../src/http1/field-names.ts';
import {
  compileEdits,
  type HeadEditRules,
  type HeadEdits,
  NO_EDITS,
} from '../../../src/http1/head-edits.ts';
import { type ForwardedFields, writeRequestHead } from '../../../src/http1/write-request.ts';
import { headText, parseRequest, written } from './parse-head.ts';

const NOTHING_FORWARDED: ForwardedFields = { dropped: 0, write: () => undefined };

/** The lines that the backend gets for these lines of the client. */
function forwarded(
  lines: readonly string[],
  edits: HeadEdits = NO_EDITS,
  fields: ForwardedFields = NOTHING_FORWARDED,
): readonly string[] {
  const head = parseRequest(headText(...lines));
  const text = written((out) => writeRequestHead(out, head, edits, fields));
  expect(text.endsWith('\r\n\r\n')).toBe(true);
  return text.slice(0, -4).split('\r\n');
}

const edited = (lines: readonly string[], rules: Partial<HeadEditRules>) =>
  forwarded(lines, compileEdits({ set: [], add: [], remove: [], ...rules }, false));

describe('a request that needs no change', () => {
  it('goes on byte for byte', () => {
    const lines = [
      'GeT //a/../b?c=%zz HTTP/1.1',
      'hOST:a',
      'Accept: x',
      'X-A:\t1 ',
      'Cookie: \xe9',
      'x-a:2',
      'X-Empty:',
      'Accept: y',
    ];
    expect(forwarded(lines)).toEqual(lines);
  });

  it('keeps the length of its body', () => {
    const lines = ['POST / HTTP/1.1', 'Content-Length:  10', 'Host: a'];
    expect(forwarded(lines)).toEqual(lines);
  });

  it('goes on without the empty lines before it', () => {
    expect(forwarded(['', '', 'GET / HTTP/1.1', 'Host: a'])).toEqual(['GET / HTTP/1.1', 'Host: a']);
  });
});

describe('fields of this hop', () => {
  it('end here', () => {
    const lines = [
      'GET / HTTP/1.1',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'Host: a',
      'Proxy-Connection: close',
      'TE: gzip',
      'Trailer: X',
      'Upgrade: websocket',
      'HTTP2-Settings: AA',
      'X: y',
    ];
    expect(forwarded(lines)).toEqual(['GET / HTTP/1.1', 'Host: a', 'X: y']);
  });

  it('include what Connection nominates, every time it occurs', () => {
    const lines = [
      'GET / HTTP/1.1',
      'X-A: 1',
      'Host: a',
      'Connection: X-a, accept',
      'Accept: z',
      'x-A: 2',
      'X-AB: 3',
    ];
    expect(forwarded(lines)).toEqual(['GET / HTTP/1.1', 'Host: a', 'X-AB: 3']);
  });

  it('do not include what must not be nominated', () => {
    const kept = [
      'Host: a',
      'Content-Length: 0',
      'X-Forwarded-For: 192.0.2.1',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: b',
      'X-Forwarded-Port: 443',
      'Forwarded: for=192.0.2.1',
      'Via: 1.1 c',
      'X-Request-ID: d',
      'Max-Forwards: 4',
    ];
    const names = kept.map((line) => line.slice(0, line.indexOf(':')));
    const connection = `Connection: close, ${names.join(', ')}, Expect`;
    expect(forwarded(['POST / HTTP/1.1', connection, ...kept])).toEqual([
      'POST / HTTP/1.1',
      ...kept,
    ]);
  });
});

describe('what the next hop is asked', () => {
  it('is the upgrade that the client asked for', () => {
    const lines = [
      'GET / HTTP/1.1',
      'Host: a',
      'Connection: keep-alive, Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
    ];
    expect(forwarded(lines)).toEqual([
      'GET / HTTP/1.1',
      'Host: a',
      'Sec-WebSocket-Version: 13',
      'Connection: upgrade',
      'Upgrade: websocket',
    ]);
  });

  it('is no upgrade where lb does not let it', () => {
    for (const upgrade of ['h2c', 'HTTP/2.0, h2c', '']) {
      const lines = ['GET / HTTP/1.1', 'Host: a', 'Connection: upgrade', `Upgrade: ${upgrade}`];
      expect(forwarded(lines), upgrade).toEqual(['GET / HTTP/1.1', 'Host: a']);
    }
  });

  it('is trailers, where the client takes them, and no other coding', () => {
    const lines = ['GET / HTTP/1.1', 'Connection: te', 'TE: gzip, trailers', 'Host: a'];
    expect(forwarded(lines)).toEqual([
      'GET / HTTP/1.1',
      'Host: a',
      'Connection: TE',
      'TE: trailers',
    ]);
  });

  it('is both, with both named in Connection', () => {
    const lines = [
      'GET / HTTP/1.1',
      'Host: a',
      'Connection: te, upgrade',
      'TE: trailers',
      'Upgrade: websocket',
    ];
    expect(forwarded(lines)).toEqual([
      'GET / HTTP/1.1',
      'Host: a',
      'Connection: upgrade, TE',
      'Upgrade: websocket',
      'TE: trailers',
    ]);
  });
});

describe('framing', () => {
  it('is announced anew for chunks', () => {
    const lines = ['POST / HTTP/1.1', 'Transfer-Encoding:CHUNKED', 'Host: a', 'Trailer: X'];
    expect(forwarded(lines)).toEqual(['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked']);
  });

  it.each([
    ['010', '10'],
    ['00', '0'],
    ['0000000000000000000000009007199254740991', '9007199254740991'],
  ])('of a length of %s says %s', (length, plain) => {
    const lines = ['POST / HTTP/1.1', `content-length: ${length}`, 'Host: a'];
    expect(forwarded(lines)).toEqual(['POST / HTTP/1.1', 'Host: a', `Content-Length: ${plain}`]);
  });
});

describe('HTTP/1.0', () => {
  it('goes on as HTTP/1.1', () => {
    expect(forwarded(['POST /a?b HTTP/1.0', 'Host: a', 'Content-Length: 2'])).toEqual([
      'POST /a?b HTTP/1.1',
      'Host: a',
      'Content-Length: 2',
    ]);
  });

  it('gets the Host that it may lack', () => {
    expect(forwarded(['GET / HTTP/1.0', 'X: y', 'Connection: keep-alive'])).toEqual([
      'GET / HTTP/1.1',
      'X: y',
      'Host: localhost',
    ]);
  });

  it('is not asked for trailers nor for an upgrade', () => {
    const lines = [
      'GET / HTTP/1.0',
      'Host: a',
      'TE: trailers',
      'Connection: upgrade',
      'Upgrade: x',
    ];
    expect(forwarded(lines)).toEqual(['GET / HTTP/1.1', 'Host: a']);
  });
});

describe('an absolute-form target', () => {
  it.each([
    ['GET http://A.example:80/b?c HTTP/1.1', 'GET /b?c HTTP/1.1', 'A.example:80'],
    ['GET http://a HTTP/1.1', 'GET / HTTP/1.1', 'a'],
    ['GET http://a?b HTTP/1.1', 'GET /?b HTTP/1.1', 'a'],
    ['GET HTTPS://[::1]:8443/ HTTP/1.0', 'GET / HTTP/1.1', '[::1]:8443'],
    ['OPTIONS http://a HTTP/1.1', 'OPTIONS * HTTP/1.1', 'a'],
    ['OPTIONS http://a/ HTTP/1.1', 'OPTIONS / HTTP/1.1', 'a'],
    ['OPTIONS http://a?b HTTP/1.1', 'OPTIONS /?b HTTP/1.1', 'a'],
  ])('of %j becomes %j', (line, expected, authority) => {
    expect(forwarded([line, 'X: y', `hosT: ${authority}`])).toEqual([
      expected,
      'X: y',
      `Host: ${authority}`,
    ]);
  });

  it('gives the Host that HTTP/1.0 may lack', () => {
    expect(forwarded(['GET http://a/b HTTP/1.0'])).toEqual(['GET /b HTTP/1.1', 'Host: a']);
  });
});

describe('Max-Forwards', () => {
  it.each(['TRACE', 'OPTIONS'])('is one less behind this hop for %s', (method) => {
    expect(forwarded([`${method} / HTTP/1.1`, 'Max-Forwards: 10', 'Host: a'])).toEqual([
      `${method} / HTTP/1.1`,
      'Host: a',
      'Max-Forwards: 9',
    ]);
  });

  it('means nothing to other methods, and where it is no number', () => {
    const get = ['GET / HTTP/1.1', 'Host: a', 'Max-Forwards: 10'];
    const trace = ['TRACE / HTTP/1.1', 'Host: a', 'Max-Forwards: ten'];
    expect(forwarded(get)).toEqual(get);
    expect(forwarded(trace)).toEqual(trace);
  });
});

describe('edits of the route', () => {
  const lines = ['GET / HTTP/1.1', 'Host: a', 'X-A: 1', 'User-Agent: b', 'x-a: 2'];

  it('set, add and remove', () => {
    const rules = {
      set: [['X-A', '3']],
      add: [['User-Agent', 'c']],
      remove: ['accept'],
    } as const;
    expect(edited(lines, rules)).toEqual([
      'GET / HTTP/1.1',
      'Host: a',
      'User-Agent: b',
      'X-A: 3',
      'User-Agent: c',
    ]);
    expect(edited(lines, { remove: ['user-agent', 'X-a'] })).toEqual(['GET / HTTP/1.1', 'Host: a']);
  });

  it('replace Host, also that of an absolute-form target', () => {
    const rules = { set: [['Host', 'b']] } as const;
    expect(edited(['GET / HTTP/1.1', 'Host: a'], rules)).toEqual(['GET / HTTP/1.1', 'Host: b']);
    expect(edited(['GET http://a/ HTTP/1.1', 'Host: a'], rules)).toEqual([
      'GET / HTTP/1.1',
      'Host: b',
    ]);
    expect(edited(['GET / HTTP/1.0'], rules)).toEqual(['GET / HTTP/1.1', 'Host: b']);
  });

  it('work beside what Connection nominates', () => {
    const nominating = ['GET / HTTP/1.1', 'Host: a', 'Connection: x-a', 'X-A: 1', 'X-B: 2'];
    expect(edited(nominating, { remove: ['x-b'], add: [['X-C', '3']] })).toEqual([
      'GET / HTTP/1.1',
      'Host: a',
      'X-C: 3',
    ]);
  });

  it('put lb into Via with the version of the client', () => {
    const edits = compileEdits({ set: [], add: [], remove: [] }, true);
    const via = ['Host: a', 'Via: 1.1 b'];
    expect(forwarded(['GET / HTTP/1.1', ...via], edits)).toEqual([
      'GET / HTTP/1.1',
      ...via,
      'Via: 1.1 lb',
    ]);
    expect(forwarded(['GET / HTTP/1.0', ...via], edits).at(-1)).toBe('Via: 1.0 lb');
  });
});

describe('fields that say where a request comes from', () => {
  it('replace the client’s own, and know what the route edits', () => {
    const seen: number[] = [];
    const fields: ForwardedFields = {
      dropped: fieldSet('x-forwarded-for'),
      write: (out, head, editedFields) => {
        seen.push(editedFields);
        out.text(`X-Forwarded-For: ${head.host}\r\n`);
      },
    };
    const edits = compileEdits({ set: [], add: [['X-B', '2']], remove: ['via'] }, false);
    const lines = ['GET / HTTP/1.1', 'X-Forwarded-For: evil', 'Host: a', 'x-forwarded-for: more'];
    expect(forwarded(lines, edits, fields)).toEqual([
      'GET / HTTP/1.1',
      'Host: a',
      'X-Forwarded-For: a',
      'X-B: 2',
    ]);
    expect(seen).toEqual([fieldSet('via')]);
  });
});
