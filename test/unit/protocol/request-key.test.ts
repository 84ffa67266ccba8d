import { describe, expect, it } from 'vitest';
import type { KeySource } from '../../../src/balancing/algorithm.ts';
import { RequestKey } from '../../../src/protocol/request-key.ts';
import { headText, parseRequest } from '../http1/parse-head.ts';

const headOf = (target: string, fields: readonly string[] = []) =>
  parseRequest(headText(`GET ${target} HTTP/1.1`, 'Host: lb.test', ...fields));

const key = (of: KeySource['of'], name = '') => {
  const read = new RequestKey({ of, name, ipv6Prefix: 128 });
  return (target: string, fields?: readonly string[], client = '192.0.2.1') =>
    read.of(headOf(target, fields), client);
};

describe('RequestKey', () => {
  it('goes by the path without its query', () => {
    const of = key('path');
    expect(of('/a?x=1')).toBe(of('/a?x=2', [], '192.0.2.2'));
    expect(of('/a')).not.toBe(of('/b'));
    expect(of('http://lb.test/a?x')).toBe(of('/a'));
  });

  it('goes by a header field, whatever the case of its name', () => {
    const of = key('header', 'X-User');
    expect(of('/', ['x-user: 7'])).toBe(of('/', ['X-USER: 7'], '192.0.2.2'));
    expect(of('/', ['X-User: 7'])).not.toBe(of('/', ['X-User: 8']));
  });

  it('goes by the first cookie of a name', () => {
    const of = key('cookie', 'id');
    expect(of('/', ['Cookie: a=1; id=7; id=8'])).toBe(of('/', ['Cookie: id=7'], '192.0.2.2'));
    expect(of('/', ['Cookie: id=7'])).not.toBe(of('/', ['Cookie: id=8']));
    expect(of('/', ['Cookie: xid=7'])).toBe(of('/'));
  });

  it('goes by the first query parameter of a name', () => {
    const of = key('query', 'id');
    expect(of('/a?x=1&id=7&id=8')).toBe(of('/b?id=7', [], '192.0.2.2'));
    expect(of('/a?id=7')).not.toBe(of('/a?id=8'));
    expect(of('/a?xid=7')).toBe(of('/a'));
    expect(of('/id=7')).toBe(of('/a'));
  });

  it('goes by the client where the request has none of it', () => {
    const byClient = key('client_ip')('/');
    expect(key('header', 'X-User')('/')).toBe(byClient);
    expect(key('cookie', 'id')('/')).toBe(byClient);
    expect(key('query', 'id')('/')).toBe(byClient);
    expect(key('client_ip')('/', [], '192.0.2.2')).not.toBe(byClient);
    expect(
      new RequestKey({ of: 'client_ip', name: '', ipv6Prefix: 128 }).of(null, '192.0.2.1'),
    ).toBe(byClient);
  });
});
