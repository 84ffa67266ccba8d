import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CookieValues } from '../../../src/sticky/cookie-values.ts';
import { getWith } from '../middleware/read-head.ts';

/** What a request with these fields gives to the cookie. */
function valuesOf(name: string, ...fields: readonly string[]): readonly string[] {
  const head = getWith(...fields);
  const cookies = new CookieValues(name);
  const found: string[] = [];
  cookies.begin(head.parser.fields);
  while (cookies.next()) {
    found.push(head.parser.bytes.toString('latin1', cookies.start, cookies.end));
  }
  expect(cookies.next()).toBe(false);
  return found;
}

describe('the values of a cookie', () => {
  it.each<[string, readonly string[]]>([
    ['lb=one', ['one']],
    ['a=b; lb=one; c=d', ['one']],
    ['a=b;lb=one;c=d', ['one']],
    ['a=b; \t lb=one', ['one']],
    ['lb=one; lb=two; lb=one', ['one', 'two', 'one']],
    ['lb=', ['']],
    ['lb=;', ['']],
    ['lb=a=b', ['a=b']],
    ['lb="one"', ['"one"']],
    ['lb=one ; a=b', ['one ']],
    ['a="; lb=one; "', ['one']],
    ['lb=\xe9\xff', ['\xe9\xff']],
  ])('are read out of %j', (text, values) => {
    expect(valuesOf('lb', `Cookie: ${text}`)).toEqual(values);
  });

  it.each([
    '',
    ';',
    ';;; ; ;',
    'lb',
    'lb;',
    '=one',
    'LB=one',
    'xlb=one',
    'lbx=one',
    'x lb=one',
    'lb =one',
    '"lb=one"',
    'a=lb=one',
    'a=b, lb=one',
    '$Version=1, lb=one',
    'l; b=one',
    'l',
  ])('are none in %j', (text) => {
    expect(valuesOf('lb', `Cookie: ${text}`)).toEqual([]);
  });

  it('are those of every Cookie field, whatever its case, and of no other field', () => {
    const fields = ['X-Cookie: lb=0', 'cookie: lb=1', 'Cookie2: lb=2', 'COOKIE: a=b; lb=3'];
    expect(valuesOf('lb', ...fields, 'Cookies: lb=4', 'Cookie:', 'Set-Cookie: lb=5')).toEqual([
      '1',
      '3',
    ]);
  });

  it('end where the field ends, though more of the head lies behind', () => {
    expect(valuesOf('lb', 'Cookie: a=b; l', 'B: lb=one')).toEqual([]);
    expect(valuesOf('lb', 'Cookie: a=b; lb', '=: one'.replace('=', 'X'))).toEqual([]);
  });

  it('are read anew from the next head, from wherever the last one was left', () => {
    const cookies = new CookieValues('lb');
    const first = getWith('Cookie: lb=one; lb=two', 'Cookie: lb=three');
    const second = getWith('Accept: */*', 'Cookie: lb=four');
    cookies.begin(first.parser.fields);
    expect(cookies.next()).toBe(true);
    cookies.begin(second.parser.fields);
    expect(cookies.next()).toBe(true);
    expect(second.parser.bytes.toString('latin1', cookies.start, cookies.end)).toBe('four');
    expect(cookies.next()).toBe(false);
  });

  it('are those that splitting at semicolons gives, whatever stands in the fields', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'lb=; \t",x\xff'), maxLength: 40 });
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 4 }), (texts) => {
        const expected = texts.flatMap((text) =>
          text
            .replace(/^[ \t]+|[ \t]+$/g, '') // not of the value: RFC 9110 §5.5
            .split(';')
            .map((pair) => pair.replace(/^[ \t]+/, ''))
            .filter((pair) => pair.startsWith('lb='))
            .map((pair) => pair.slice('lb='.length)),
        );
        expect(valuesOf('lb', ...texts.map((text) => `Cookie: ${text}`))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
