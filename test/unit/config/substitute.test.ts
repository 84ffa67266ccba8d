import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeReferences, substituteEnvironment } from '../../../src/config/substitute.ts';

const env = { HOST: 'example.com', PORT: '80', EMPTY: '', NESTED: '${HOST}' };

it.each([
  ['plain $ and } and {', 'plain $ and } and {'],
  ['${HOST}:${PORT}', 'example.com:80'],
  ['${EMPTY}', ''],
  ['${MISSING:-fallback}', 'fallback'],
  ['${EMPTY:-fallback}', 'fallback'],
  ['${HOST:-fallback}', 'example.com'],
  ['${MISSING:-}', ''],
  ['${MISSING:-a:-b}', 'a:-b'],
  ['$${HOST}', '${HOST}'],
  ['$$${HOST}', '$${HOST}'],
  ['${NESTED}', '${HOST}'],
])('reads %j as %j', (text, meant) => {
  expect(substituteEnvironment(text, env)).toEqual({ text: meant, complaints: [] });
});

it.each([
  ['${MISSING}', 'environment variable MISSING is not set; set it, or write ${MISSING:-default}'],
  ['${constructor}', 'environment variable constructor is not set'],
  ['${}', 'does not name an environment variable'],
  ['${A B}', '"${A B}" does not name an environment variable'],
  ['${HOST', '"${" has no closing "}"'],
  ['${MISSING:-${HOST}}', 'the default of ${MISSING} holds another ${'],
])('complains about %j', (text, message) => {
  const { complaints } = substituteEnvironment(text, env);
  expect(complaints).toEqual([{ ordinal: 0, message: expect.stringContaining(message) }]);
});

it('says which of several references is wrong', () => {
  const { complaints } = substituteEnvironment('$${ ${HOST} ${ONE} ${PORT} ${TWO}', env);
  expect(complaints.map(({ ordinal }) => ordinal)).toEqual([2, 4]);
});

it('gives every text back when it was escaped', () => {
  const text = fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':-') });
  fc.assert(
    fc.property(text, (literal) => {
      const expected = { text: literal, complaints: [] };
      expect(substituteEnvironment(escapeReferences(literal), env)).toEqual(expected);
    }),
  );
});
