import { describe, expect, it } from 'vitest';
import { type Reason, reasons } from '../../../src/foundation/reason.ts';
import { type OwnResponseOptions, ownResponse } from '../../../src/http1/own-response.ts';
import { parseResponse } from './parse-head.ts';

const defaults: OwnResponseOptions = {
  accept: '',
  withoutBody: false,
  connection: 'keep-alive',
  reasonHeader: true,
  requestId: '',
  retryAfterSeconds: 1,
};

function answer(reason: Reason, options: Partial<OwnResponseOptions> = {}) {
  const text = ownResponse(reason, { ...defaults, ...options });
  const end = text.indexOf('\r\n\r\n') + 4;
  return {
    lines: text.slice(0, end - 4).split('\r\n'),
    head: text.slice(0, end),
    body: text.slice(end),
  };
}

describe('a response in lb’s own name', () => {
  it('says why, as JSON', () => {
    const { lines, body } = answer('no_route');
    expect(lines).toEqual([
      'HTTP/1.1 404 Not Found',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Cache-Control: no-store',
      'X-LB-Reason: no_route',
      'Connection: keep-alive',
    ]);
    expect(JSON.parse(body)).toEqual({
      status: 404,
      error: 'Not Found',
      reason: 'no_route',
      message: reasons.no_route.text,
    });
  });

  it.each(['text/html', 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'])(
    'says why, as a page, to who accepts %j',
    (accept) => {
      const { lines, body } = answer('bad_host', { accept });
      expect(lines).toContain('Content-Type: text/html; charset=utf-8');
      expect(lines).toContain(`Content-Length: ${body.length}`);
      expect(body).toContain('<title>400 Bad Request</title>');
      expect(body).toContain(reasons.bad_host.text);
      expect(body).toContain('<code>bad_host</code>');
    },
  );

  it.each(['', '*/*', 'application/json', 'text/plain'])('is JSON to who accepts %j', (accept) => {
    expect(answer('bad_host', { accept }).lines).toContain('Content-Type: application/json');
  });

  it('says to HEAD how long its body would be, and leaves it out', () => {
    const { body, lines } = answer('no_route');
    const toHead = answer('no_route', { withoutBody: true });
    expect(toHead.lines).toEqual(lines);
    expect(toHead.body).toBe('');
    expect(body).not.toBe('');
  });

  it('closes the connection where it must', () => {
    expect(answer('bad_method', { connection: 'close' }).lines).toContain('Connection: close');
  });

  it('asks to come back soon where that may help', () => {
    expect(answer('no_backend').lines).toContain('Retry-After: 1');
    const { lines } = answer('queue_full', { retryAfterSeconds: 17 });
    expect(lines).toContain('Retry-After: 17');
    expect(answer('no_route').lines.join()).not.toContain('Retry-After');
  });

  it('names the reason in a field only where that is switched on', () => {
    expect(answer('no_route', { reasonHeader: false }).lines.join()).not.toContain('X-LB-Reason');
  });

  it('repeats the id of the request', () => {
    expect(answer('no_route', { requestId: 'abc-1' }).lines).toContain('X-Request-ID: abc-1');
    expect(answer('no_route').lines.join()).not.toContain('X-Request-ID');
  });

  it.each(Object.keys(reasons) as Reason[])('is a well-formed response for %s', (reason) => {
    for (const accept of ['', 'text/html']) {
      const { head, body } = answer(reason, { accept });
      // Every character is one byte, so the length in characters is the length on the wire.
      expect(Buffer.from(body, 'latin1').toString('utf8')).toBe(body);
      const parsed = parseResponse(head);
      expect(parsed.status).toBe(reasons[reason].status);
      expect(parsed.bodyLength).toBe(body.length);
    }
  });

  it('has a phrase for every status that a client is told', () => {
    for (const [reason, { status }] of Object.entries(reasons)) {
      if (status !== 499) expect(answer(reason as Reason).lines[0]).not.toMatch(/ Error$/);
    }
  });
});
