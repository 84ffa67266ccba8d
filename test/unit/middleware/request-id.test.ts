import { randomFillSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { claimedRequestId, RequestIds } from '../../../src/middleware/request-id.ts';
import { getWith } from './read-head.ts';

it('makes ids of 32 hexadecimal digits, no two alike over many refills', () => {
  const ids = new RequestIds(randomFillSync);
  const made = Array.from({ length: 5000 }, () => ids.next());
  for (const id of made) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(made).size).toBe(made.length);
});

it('uses every random byte once, and asks for more only when it has used them up', () => {
  let filled = 0;
  const ids = new RequestIds((bytes) => bytes.fill(++filled));
  expect(filled).toBe(0);
  const made = Array.from({ length: 512 }, () => ids.next());
  expect(filled).toBe(2);
  expect(made.slice(0, 256).every((id) => id === '01'.repeat(16))).toBe(true);
  expect(made.slice(256).every((id) => id === '02'.repeat(16))).toBe(true);
});

const claimed = (...fields: readonly string[]) =>
  claimedRequestId(getWith(...fields).parser.fields);

it.each(['a', 'A-b_c.~/+=', '"}{\\', 'x'.repeat(128)])('takes %s for an id', (id) => {
  expect(claimed(`x-request-id: ${id}`)).toBe(id);
});

it.each(['', 'a b', 'a\tb', 'grüße', 'x'.repeat(129)])('does not take %j for an id', (id) => {
  expect(claimed(`X-Request-ID: ${id}`)).toBe('');
});

it('takes none of two, nor one that is not there', () => {
  expect(claimed('X-Request-ID: a', 'X-Request-ID: a')).toBe('');
  expect(claimed()).toBe('');
});
