import { describe, expect, it } from 'vitest';
import { readFields } from '../../../src/api/fields.ts';

const fields = {
  name: { type: 'text', maxLength: 5, help: '', required: true },
  count: { type: 'integer', minimum: 1, maximum: 10, help: '' },
  deep: { type: 'flag', help: '' },
  way: { type: 'word', words: ['in', 'out'], help: '' },
  headers: { type: 'texts', maxItems: 2, maxLength: 3, help: '' },
} as const;

describe('fields of a request', () => {
  it('are read as they are in a body, and from text in a query', () => {
    const body = { name: 'x', count: 3, deep: false, way: 'in', headers: ['a', 'b'] };
    expect(readFields(fields, body, 'body')).toEqual(body);
    const query = { name: '3', count: '3', deep: 'true' };
    expect(readFields(fields, query, 'query')).toEqual({ name: '3', count: 3, deep: true });
  });

  it.each([
    [{}, 'name is missing; needs one line of text of at most 5 characters'],
    [{ name: 'toolong' }, 'name is "toolong"; needs one line'],
    [{ name: 'a\u001bb' }, 'name is "a\\u001bb"; needs one line of text'],
    [{ name: 'x', count: '3' }, 'count is "3"; needs a whole number from 1 to 10'],
    [{ name: 'x', count: 0 }, 'count is 0'],
    [{ name: 'x', count: 1.5 }, 'count is 1.5'],
    [{ name: 'x', deep: 'true' }, 'deep is "true"; needs true or false'],
    [{ name: 'x', way: 'up' }, 'way is "up"; needs one of in, out'],
    [{ name: 'x', headers: ['a', 'b', 'c'] }, 'needs a list of at most 2 texts'],
    [{ name: 'x', headers: ['long'] }, 'of at most 3 characters'],
    [{ name: 'x', nmae: 'y' }, '"nmae" is not known; did you mean "name"?'],
    [{ name: null }, 'name is null'],
  ])('are refused in words: %j', (body, message) => {
    expect(() => readFields(fields, body, 'body')).toThrow(message);
  });

  it('are refused all at once', () => {
    const body = { count: 99, zzzzzz: 1 };
    expect(() => readFields(fields, body, 'body')).toThrow(/zzzzzz.*name is missing.*count is 99/s);
  });

  it('are told that none is needed where none is', () => {
    expect(() => readFields({}, { a: 1 }, 'body')).toThrow('"a" is not known; needs none');
    expect(readFields({}, {}, 'body')).toEqual({});
  });

  it('may be called like what every object has', () => {
    const body = JSON.parse('{ "__proto__": 1, "name": "x" }');
    expect(() => readFields(fields, body, 'body')).toThrow('"__proto__" is not known');
    expect(() => readFields(fields, { name: 'x', constructor: 1 }, 'body')).toThrow('constructor');
  });
});
