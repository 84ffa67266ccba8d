import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../../src/config/units.ts';

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '10', 's', '1d', '1.5s', '-1s', '1 s', '1S', '1m30s', '1s\n', '9999999999999s'])(
    'refuses %j',
    (text) => expect(parseDuration(text)).toBeNull(),
  );

  it('reads back whatever it writes', () => {
    fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms));
  });

  it.each([
    [60_000, '60s'],
    [120_000, '2m'],
    [1500, '1500ms'],
  ])('writes %i ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('sizes', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['512B', 512],
    ['16KiB', 16_384],
    ['1MiB', 1_048_576],
    ['2GiB', 2_147_483_648],
  ])('reads %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', 'KiB', '1KB', '1kib', '1.5MiB', '-1', '1 KiB', '999999999999GiB'])(
    'refuses %j',
    (text) => expect(parseSize(text)).toBeNull(),
  );

  it('reads back whatever it writes', () => {
    fc.assert(fc.property(fc.nat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
  });
});
