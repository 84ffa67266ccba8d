import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentLength,
  INVALID,
  isPadded,
  parseContentLength,
} from '../../../src/http1/content-length.ts';
import { headText, parseRequest } from './parse-head.ts';

function parsed(text: string): number {
  const bytes = Buffer.from(`9${text}9`, 'latin1');
  return parseContentLength(bytes, 1, bytes.length - 1);
}

describe('a Content-Length', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['42', 42],
    ['007', 7],
    ['0'.repeat(100), 0],
    [`${'0'.repeat(50)}9007199254740991`, Number.MAX_SAFE_INTEGER],
  ])('of %j is %d', (text, length) => {
    expect(parsed(text)).toBe(length);
  });

  it.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '+1',
    '-1',
    '1.0',
    '1,1',
    '0x1',
    '1e3',
    'a',
    '1_000',
    '\x001',
    '/',
    ':',
    '\xb2',
    '9007199254740992',
    '9007199254740993',
    '10000000000000000',
    '18446744073709551617',
    '9'.repeat(400),
  ])('of %j is invalid', (text) => {
    expect(parsed(text)).toBe(INVALID);
  });

  it('is any safe integer as JavaScript prints it', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (length) => parsed(String(length)) === length));
  });

  it('is nothing that is not all digits', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(bytes, (value) => {
        const text = Buffer.from(value).toString('latin1');
        expect(parsed(text) === INVALID).toBe(!/^\d+$/.test(text));
      }),
    );
  });

  it('is read from a head, without the white space around it', () => {
    const { fields } = parseRequest(
      headText('POST / HTTP/1.1', 'Host: a', 'content-length: \t12 '),
    ).parser;
    expect(contentLength(fields)).toBe(12);
  });

  it.each([
    ['0', false],
    ['10', false],
    ['00', true],
    ['010', true],
  ])('of %j is padded: %s', (text, padded) => {
    const head = parseRequest(headText('POST / HTTP/1.1', 'Host: a', `Content-Length: ${text}`));
    expect(isPadded(head.parser.fields)).toBe(padded);
  });
});
