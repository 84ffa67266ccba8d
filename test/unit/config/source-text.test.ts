import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Problem } from '../../../src/config/problem.ts';
import { decodeSource, maxConfigBytes, SourceText } from '../../../src/config/source-text.ts';

function refusalOf(bytes: Uint8Array): Problem {
  const result = decodeSource('lb.yaml', bytes);
  if (result.ok) throw new Error('Cannot test: the bytes were accepted');
  return result.problem;
}

it('finds line, column and source line of an offset', () => {
  const source = new SourceText('lb.yaml', 'one\ntwo\r\n\nfour');
  const places = [0, 2, 4, 6, 9, 10, 14].map((offset) => source.problemAt(offset, 'x'));
  expect(places.map(({ line, column, excerpt }) => [line, column, excerpt?.text])).toEqual([
    [1, 1, 'one'],
    [1, 3, 'one'],
    [2, 1, 'two'],
    [2, 3, 'two'],
    [3, 1, ''],
    [4, 1, 'four'],
    [4, 5, 'four'],
  ]);
});

it('takes UTF-8 with and without a byte order mark as the same text', () => {
  for (const text of ['a: ü', '\ufeffa: ü']) {
    const result = decodeSource('lb.yaml', Buffer.from(text));
    expect(result.ok && result.source.text).toBe('a: ü');
  }
});

it.each([
  ['a lone byte of Latin-1', [0x61, 0x0a, 0xe9, 0x62], 2, 'e9', [2, 1]],
  ['a character that is cut at the end', [0x61, 0xe2, 0x82], 1, 'e2', [1, 2]],
  ['a continuation byte without a start', [0x80], 0, '80', [1, 1]],
  ['a surrogate', [0x61, 0x62, 0xed, 0xa0, 0x80], 2, 'ed', [1, 3]],
  ['an error behind a replacement character', [0xef, 0xbf, 0xbd, 0xff], 3, 'ff', [1, 2]],
] as const)('says where %s stands', (_what, bytes, position, byte, [line, column]) => {
  const problem = refusalOf(Uint8Array.from(bytes));
  expect(problem.message).toContain(`byte 0x${byte} at position ${position} is not valid UTF-8`);
  expect(problem).toMatchObject({ line, column });
});

it('points behind the longest valid start of any bytes', () => {
  // Not empty: 0xff 0xfe at the very start would be UTF-16.
  const text = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(text, fc.uint8Array(), (start, rest) => {
      const head = Buffer.from(new TextEncoder().encode(start));
      const bytes = Buffer.concat([head, Buffer.from([0xff]), rest]);
      expect(refusalOf(bytes).message).toContain(`0xff at position ${head.length} `);
    }),
    { numRuns: 30 },
  );
});

it('recognises UTF-16', () => {
  expect(refusalOf(Buffer.from('\ufeffa: 1', 'utf16le')).message).toContain('UTF-16');
});

it('refuses 10 MB and takes a byte less', () => {
  expect(refusalOf(Buffer.alloc(maxConfigBytes, '#'))).toMatchObject({
    line: 0,
    message: 'cannot be read: the file has 10 MB or more; needs to be smaller',
  });
  expect(decodeSource('lb.yaml', Buffer.alloc(maxConfigBytes - 1, '#')).ok).toBe(true);
});
