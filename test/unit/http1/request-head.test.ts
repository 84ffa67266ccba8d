import { describe, expect, it } from 'vitest';
import { HeadParser } from '../../../src/http1/head-parser.ts';
import { RequestHead } from '../../../src/http1/request-head.ts';
import { headText, parse, parseRequest } from './parse-head.ts';

describe('a field of a request', () => {
  const head = parseRequest(
    headText('GET /a?b HTTP/1.1', 'Host: a', 'X-A: 1', 'Accept: x', 'x-a:2', 'X-E:', 'X-L: \xe9'),
  );

  it.each([
    ['host', 'a'],
    ['accept', 'x'],
    ['x-a', '1, 2'],
    ['x-e', ''],
    ['x-l', '\xe9'],
    ['x-missing', null],
    ['te', null],
    ['x-', null],
    ['x-aa', null],
  ])('%s is %j', (name, value) => {
    expect(head.get(name)).toBe(value);
  });
});

describe('the target that is forwarded', () => {
  const forwarded = (target: string, method = 'GET', host = 'a') => {
    const head = parseRequest(headText(`${method} ${target} HTTP/1.1`, `Host: ${host}`));
    return head.parser.bytes.toString('latin1', head.targetStart, head.targetEnd);
  };

  it.each([
    ['/', '/'],
    ['/a?b=c', '/a?b=c'],
    ['http://a/b?c', '/b?c'],
    ['http://a?c', '?c'],
    ['http://a', ''],
  ])('of %j is %j', (target, expected) => {
    expect(forwarded(target)).toBe(expected);
  });

  it('of OPTIONS * is *', () => {
    expect(forwarded('*', 'OPTIONS')).toBe('*');
  });
});

it('one view reads heads one after the other, and forgets nothing of a host and keeps nothing', () => {
  const head = new RequestHead(new HeadParser('request'));
  const read = (target: string, host: string) => {
    parse(head.parser, headText(`GET ${target} HTTP/1.1`, `Host: ${host}`));
    return head.read() ?? head.host;
  };
  expect(read('/', 'a.example')).toBe('a.example');
  expect(read('/', 'a.example')).toBe('a.example');
  expect(read('/', 'A.example:80')).toBe('a.example');
  expect(read('/', 'b.example')).toBe('b.example');
  expect(read('/', 'b.exampl')).toBe('b.exampl');
  expect(read('/', 'b b')).toBe('bad_host');
  expect(read('http://c/', 'b.exampl')).toBe('host_contradicts_target');
  expect(read('/', '')).toBe('');
  expect(read('/', 'b.exampl')).toBe('b.exampl');
});
