import { describe, expect, it } from 'vitest';
import {
  BODY_CHUNKED,
  BODY_LENGTH,
  BODY_NONE,
  BODY_UNTIL_CLOSE,
  BodyReader,
} from '../../../src/http1/body-reader.ts';
import { BROKEN } from '../../../src/http1/chunked-decoder.ts';

/** Where each call found data in the text, until the body or the text was done. */
function reads(reader: BodyReader, text: string): { found: [number, number][]; next: number } {
  const buffer = Buffer.from(text, 'latin1');
  const found: [number, number][] = [];
  let next = 0;
  while (next < buffer.length && next !== BROKEN && !reader.done) {
    next = reader.read(buffer, next, buffer.length);
    if (reader.dataEnd > reader.dataStart) found.push([reader.dataStart, reader.dataEnd]);
  }
  return { found, next };
}

describe('reading a body', () => {
  it('is done at once when there is none', () => {
    const reader = new BodyReader();
    expect(reader.done).toBe(true);
    reader.start(BODY_NONE, 0);
    expect(reader.done).toBe(true);
    reader.start(BODY_LENGTH, 0);
    expect(reader.done).toBe(true);
  });

  it('finds data of a known length in place and leaves what is behind it', () => {
    const reader = new BodyReader();
    reader.start(BODY_LENGTH, 5);
    expect(reads(reader, 'hel')).toEqual({ found: [[0, 3]], next: 3 });
    expect(reader).toMatchObject({ done: false, total: 3 });
    expect(reads(reader, 'lo, world')).toEqual({ found: [[0, 2]], next: 2 });
    expect(reader).toMatchObject({ done: true, total: 5 });
  });

  it('never ends by itself when the close ends it', () => {
    const reader = new BodyReader();
    reader.start(BODY_UNTIL_CLOSE, 0);
    expect(reads(reader, '0\r\n\r\n')).toEqual({ found: [[0, 5]], next: 5 });
    expect(reader).toMatchObject({ done: false, total: 5 });
  });

  it('finds the data of chunks one by one, in place', () => {
    const reader = new BodyReader();
    reader.start(BODY_CHUNKED, 0);
    const text = '5;a=b\r\nhello\r\n2\r\nhi\r\n0\r\n\r\nGET';
    expect(reads(reader, text)).toEqual({
      found: [
        [7, 12],
        [17, 19],
      ],
      next: text.length - 3,
    });
    expect(reader).toMatchObject({ done: true, total: 7 });
  });

  it('keeps the trailer section as text, until the next body', () => {
    const reader = new BodyReader();
    reader.start(BODY_CHUNKED, 0);
    reads(reader, '0\r\nA: b\r\nC:\xff\r\n\r\n');
    expect(reader.trailers).toBe('A: b\r\nC:\xff\r\n');
    reader.start(BODY_CHUNKED, 0);
    expect(reader.trailers).toBe('');
    reads(reader, '0\r\n\r\n');
    expect(reader).toMatchObject({ done: true, trailers: '' });
    reader.start(BODY_LENGTH, 1);
    expect(reader.trailers).toBe('');
  });

  it('reads a trailer section of 16 KiB, its empty line included, and no more', () => {
    const reader = new BodyReader();
    reader.start(BODY_CHUNKED, 0);
    const line = `X: ${'b'.repeat(16_384 - 7)}\r\n`;
    reads(reader, `0\r\n${line}\r\n`);
    expect(reader).toMatchObject({ done: true, trailers: line });
    reader.start(BODY_CHUNKED, 0);
    expect(reads(reader, `0\r\nb${line}\r\n`).next).toBe(BROKEN);
    expect(reader.violation).toBe('bad_trailer');
  });

  it('starts afresh after a broken body', () => {
    const reader = new BodyReader();
    reader.start(BODY_CHUNKED, 0);
    expect(reads(reader, '5\r\nhello!').next).toBe(BROKEN);
    expect(reader.violation).toBe('bad_chunk_end');
    reader.start(BODY_CHUNKED, 0);
    expect(reads(reader, '1\r\na\r\n0\r\n\r\n').found).toEqual([[3, 4]]);
    expect(reader).toMatchObject({ done: true, total: 1 });
  });
});
