import { describe, expect, it } from 'vitest';
import { compileEdits, type HeadEdits, NO_EDITS } from '../../../src/http1/head-edits.ts';
import { writeResponseHead } from '../../../src/http1/write-response.ts';
import { headText, parseResponse, written } from './parse-head.ts';

/** The lines that the client gets for these lines of the backend. */
function relayed(
  lines: readonly string[],
  framing = '',
  edits: HeadEdits = NO_EDITS,
  method = 'GET',
): readonly string[] {
  const head = parseResponse(headText(...lines), method);
  const text = written((out) => writeResponseHead(out, head, edits, framing));
  expect(text.endsWith('\r\n\r\n')).toBe(true);
  return text.slice(0, -4).split('\r\n');
}

describe('a response that needs no change', () => {
  it('is relayed byte for byte', () => {
    const lines = [
      'HTTP/1.1 299 Why \t not \xe9',
      'content-length:2 ',
      'Set-Cookie: a',
      'X-Empty:',
      'set-cookie:b',
      'Server: x',
    ];
    expect(relayed(lines)).toEqual(lines);
  });
});

describe('the status line', () => {
  it.each([
    ['HTTP/1.0 200 OK', 'HTTP/1.1 200 OK'],
    ['HTTP/1.1 404', 'HTTP/1.1 404 '],
    ['HTTP/1.0 404', 'HTTP/1.1 404 '],
    ['HTTP/1.1 404 ', 'HTTP/1.1 404 '],
  ])('of %j becomes %j', (line, expected) => {
    expect(relayed([line, 'Content-Length: 0'])).toEqual([expected, 'Content-Length: 0']);
  });
});

describe('fields of this hop', () => {
  it('end here, and so do those that Connection nominates', () => {
    const lines = [
      'HTTP/1.1 200 OK',
      'Connection: X-A, close, Content-Length, server',
      'Keep-Alive: timeout=5',
      'X-A: 1',
      'Server: b',
      'Proxy-Connection: x',
      'Upgrade: h2c',
      'Trailer: X',
      'Content-Length: 2',
      'x-a: 2',
      'X-B: 3',
    ];
    expect(relayed(lines)).toEqual(['HTTP/1.1 200 OK', 'Content-Length: 2', 'X-B: 3']);
  });
});

describe('framing', () => {
  it('is what this hop says, behind the backend’s fields', () => {
    const framing = 'Transfer-Encoding: chunked\r\nConnection: close\r\n';
    expect(relayed(['HTTP/1.1 200 OK', 'Transfer-Encoding: Chunked', 'X: y'], framing)).toEqual([
      'HTTP/1.1 200 OK',
      'X: y',
      'Transfer-Encoding: chunked',
      'Connection: close',
    ]);
  });

  it('has a length without leading zeros', () => {
    expect(relayed(['HTTP/1.1 200 OK', 'content-length: 007', 'X: y'])).toEqual([
      'HTTP/1.1 200 OK',
      'X: y',
      'Content-Length: 7',
    ]);
  });

  it('keeps the length that an answer to HEAD or a 304 tells of', () => {
    const head = ['HTTP/1.1 200 OK', 'Content-Length: 5'];
    const notModified = ['HTTP/1.1 304 Not Modified', 'Content-Length: 5'];
    expect(relayed(head, '', NO_EDITS, 'HEAD')).toEqual(head);
    expect(relayed(notModified)).toEqual(notModified);
  });

  it('has no length where RFC 9110 §8.6 forbids one', () => {
    for (const line of ['HTTP/1.1 204 No Content', 'HTTP/1.1 103 Early Hints']) {
      expect(relayed([line, 'Content-Length: 5', 'X: y'])).toEqual([line, 'X: y']);
    }
  });

  it('of a switch names the protocol', () => {
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: a', 'X: y', 'Connection: upgrade'];
    expect(relayed(lines, 'Connection: upgrade\r\nUpgrade: a\r\n')).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'X: y',
      'Connection: upgrade',
      'Upgrade: a',
    ]);
  });
});

describe('edits of the route', () => {
  it('set, add and remove, beside what Connection nominates', () => {
    const lines = [
      'HTTP/1.1 200 OK',
      'Server: a',
      'X-Powered-By: b',
      'Connection: x-c',
      'X-C: d',
      'Content-Length: 0',
    ];
    const edits = compileEdits(
      { set: [['Server', 'e']], add: [['X-F', 'g']], remove: ['x-powered-by'] },
      false,
    );
    expect(relayed(lines, 'Connection: close\r\n', edits)).toEqual([
      'HTTP/1.1 200 OK',
      'Content-Length: 0',
      'Connection: close',
      'Server: e',
      'X-F: g',
    ]);
  });

  it('put lb into Via with the version of the backend', () => {
    const edits = compileEdits({ set: [], add: [], remove: [] }, true);
    expect(relayed(['HTTP/1.0 200 OK', 'Content-Length: 0'], '', edits).at(-1)).toBe('Via: 1.0 lb');
    expect(relayed(['HTTP/1.1 200 OK', 'Content-Length: 0'], '', edits).at(-1)).toBe('Via: 1.1 lb');
  });
});
