import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countMistakes, didYouMean, nearestOf } from '../../../src/foundation/did-you-mean.ts';

it.each([
  ['', '', 0],
  ['idle', 'idle', 0],
  ['idel', 'idle', 1],
  ['adress', 'address', 1],
  ['pools', 'pool', 1],
  ['wbe', 'web', 1],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
])('counts the mistakes between %j and %j', (from, to, mistakes) => {
  expect(countMistakes(from, to)).toBe(mistakes);
});

it('counts the same both ways, and none only between equals', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, (one, other) => {
      expect(countMistakes(one, other)).toBe(countMistakes(other, one));
      expect(countMistakes(one, other) === 0).toBe(one === other);
    }),
  );
});

it('offers the nearest candidate', () => {
  expect(nearestOf('porotcol', ['pool', 'protocol', 'bind'])).toBe('protocol');
  expect(nearestOf('HTTP', ['tcp', 'http'])).toBe('http');
});

it('offers nothing rather than something far off', () => {
  expect(nearestOf('keepalive', ['header', 'idle', 'tunnel_idle'])).toBeNull();
  expect(nearestOf('x', [])).toBeNull();
  expect(didYouMean('postgres', ['web', 'api'])).toBe('');
});

it('puts the offer in words', () => {
  expect(didYouMean('wbe', ['web'])).toBe('; did you mean "web"?');
});

it('looks at no more candidates than it can afford for each of many problems', () => {
  const strangers = Array.from({ length: 500 }, (_, n) => `stranger-${n}`);
  expect(nearestOf('wbe', ['web', ...strangers])).toBe('web');
  expect(nearestOf('wbe', [...strangers, 'web'])).toBeNull();
});
