import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineWriter } from '../../../src/middleware/line-writer.ts';
import { byteText } from '../../../src/middleware/log-text.ts';

/** What is written, by a writer that has to grow for it, or not. */
function written(capacity: number, write: (out: LineWriter) => void): string {
  const out = new LineWriter(capacity);
  write(out);
  return out.take(out.length).toString('latin1');
}

const capacity = fc.constantFrom(1, 10, 10_000);

it('writes whole numbers as JavaScript does', () => {
  const edges = [0, 9, 10, 99, 100, 2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 53, -1];
  const value = fc.oneof(fc.maxSafeNat(), fc.nat(), fc.nat(2000), fc.constantFrom(...edges));
  fc.assert(
    fc.property(capacity, value, (bytes, number) => {
      expect(written(bytes, (out) => out.integer(number))).toBe(String(number));
    }),
  );
});

it('writes milliseconds with three decimals', () => {
  const value = fc.oneof(
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.nat(5_000_000).map((microseconds) => microseconds / 1000),
    fc.constantFrom(0, 0.0004, 0.0005, 0.9995, 999.9999, 2 ** 31),
  );
  fc.assert(
    fc.property(capacity, value, (bytes, ms) => {
      const text = written(bytes, (out) => out.milliseconds(ms));
      expect(text).toBe((Math.round(ms * 1000) / 1000).toFixed(3));
      expect(Math.abs(Number(text) - ms)).toBeLessThanOrEqual(0.00051);
    }),
  );
});

it('writes what peers sent so that no JSON string ends before it should', () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  const utf8 = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text));
  const plain = fc.string({ maxLength: 60 }).map((text) => Buffer.from(text));
  fc.assert(
    fc.property(capacity, fc.oneof(bytes, utf8, plain), (size, sent) => {
      const text = sent.toString('latin1');
      expect(written(size, (out) => out.peerText(text))).toBe(byteText(text));
    }),
  );
});

it('goes on behind what it has given away', () => {
  const sizes = fc.array(fc.oneof(fc.nat(20), fc.nat(20_000)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(capacity, sizes, fc.nat(), (bytes, lengths, kept) => {
      const out = new LineWriter(bytes);
      const given: Buffer[] = [];
      const lines = lengths.map((length, at) => `${'-'.repeat(length)}${at}\n`);
      for (const line of lines) {
        out.ascii(line);
        given.push(out.take(Math.max(0, out.length - (kept % 30))));
      }
      given.push(out.take(out.length));
      expect(Buffer.concat(given).toString()).toBe(lines.join(''));
    }),
  );
});

it('begins an object with its first field, or without any', () => {
  const room = 'line\n}\n'.length; // not a byte more
  const begun = (rest: string) =>
    written(room, (out) => {
      out.ascii('line\n');
      const start = out.length;
      out.ascii(rest);
      out.begin(start);
    });
  expect(begun(',"status":200}\n')).toBe('line\n{"status":200}\n');
  expect(begun('}\n')).toBe('line\n{}\n');
});
