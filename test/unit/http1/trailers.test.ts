import { describe, expect, it } from 'vitest';
import { permittedTrailers } from '../../../src/http1/trailers.ts';

describe('the trailers that go on', () => {
  it('are lines as they came, in order', () => {
    const section = 'Checksum: abc\r\nX-b:\tc \r\nchecksum: def\r\n';
    expect(permittedTrailers(section)).toBe(section);
  });

  it('are none of no section', () => {
    expect(permittedTrailers('')).toBe('');
  });

  it.each([
    'Content-Length',
    'transfer-encoding',
    'TRAILER',
    'Host',
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'TE',
    'Upgrade',
    'Authorization',
    'Set-Cookie',
    'Content-Type',
    'Content-Encoding',
    'Content-Range',
    'Cache-Control',
    'Max-Forwards',
    'Expect',
    'Range',
    'Via',
    'Forwarded',
    'X-Forwarded-For',
    'x-forwarded-anything',
  ])('do not include %s, which would change the message after the fact', (name) => {
    expect(permittedTrailers(`A: 1\r\n${name}: 2\r\nB: 3\r\n`)).toBe('A: 1\r\nB: 3\r\n');
    expect(permittedTrailers(`${name}:\r\n`)).toBe('');
  });

  it('may have a name that only begins like a forbidden one', () => {
    expect(permittedTrailers('Hosts: 1\r\nTEA: 2\r\n')).toBe('Hosts: 1\r\nTEA: 2\r\n');
  });
});
