import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  equalsIgnoreCase,
  fieldId,
  fieldSet,
  idOfName,
  recogniseField,
  UNKNOWN_FIELD,
} from '../../../src/http1/field-names.ts';

const names = Object.keys(fieldId);

/** Recognises a name amid other letters. */
function recognised(name: string): number {
  const bytes = Buffer.from(`te${name}te`, 'latin1');
  return recogniseField(bytes, 2, bytes.length - 2);
}

describe.each(Object.entries(fieldId))('%s', (name, id) => {
  it('is recognised in any case', () => {
    const capitalised = name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
    const alternating = [...name].map((letter, at) => (at % 2 ? letter : letter.toUpperCase()));
    for (const spelling of [name, name.toUpperCase(), capitalised, alternating.join('')]) {
      expect(recognised(spelling), spelling).toBe(id);
    }
  });

  it('is not recognised in a name that differs in one character', () => {
    for (let at = 0; at < name.length; at++) {
      for (const other of ['~', '_', 'q', String.fromCharCode(name.charCodeAt(at) ^ 0x20)]) {
        const near = `${name.slice(0, at)}${other}${name.slice(at + 1)}`;
        if (near.toLowerCase() !== name) expect(recognised(near), near).toBe(UNKNOWN_FIELD);
      }
    }
  });

  it('is not recognised in a name that is longer or shorter', () => {
    for (const near of [`${name}s`, `x${name}`, name.slice(1), name.slice(0, -1)]) {
      if (near !== '') expect(recognised(near), near).toBe(idOfName(near));
    }
  });

  it('is not recognised in a longer name that it begins', () => {
    // Names are looked up by their length, modulo 64, and a few letters: these lengths could hit the same entry.
    for (const extra of [16, 32, 48, 64]) {
      for (const letter of 'abcd') {
        const longer = `${name}${'x'.repeat(extra - 2)}${letter}x`;
        expect(recognised(longer), longer).toBe(UNKNOWN_FIELD);
      }
    }
  });

  it('is found by its lower-case name', () => {
    expect(idOfName(name)).toBe(id);
    expect(idOfName(`${name} `)).toBe(UNKNOWN_FIELD);
  });
});

describe('names', () => {
  it('have ids of their own that fit into a set', () => {
    const ids = Object.values(fieldId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id >= 0 && id < UNKNOWN_FIELD).toBe(true);
  });

  it('are not what objects inherit', () => {
    expect(idOfName('constructor')).toBe(UNKNOWN_FIELD);
    expect(idOfName('__proto__')).toBe(UNKNOWN_FIELD);
  });

  it('form a set of one bit each', () => {
    expect(fieldSet()).toBe(0);
    expect(fieldSet('host', 'te')).toBe((1 << fieldId.host) | (1 << fieldId.te));
  });

  it('are recognised exactly, whatever the token', () => {
    const token = fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,20}$/);
    fc.assert(
      fc.property(fc.oneof(token, fc.constantFrom(...names)), (name) => {
        expect(recognised(name)).toBe(idOfName(name.toLowerCase()));
      }),
    );
  });
});

describe('comparing without case', () => {
  const equals = (text: string, expected: string) =>
    equalsIgnoreCase(Buffer.from(`..${text}`, 'latin1'), 2, Buffer.from(expected));

  it('folds letters only', () => {
    expect(equals('ChunkeD', 'chunked')).toBe(true);
    expect(equals('chunke', 'chunked')).toBe(false);
    // Differ from the expected characters by the bit that tells cases apart.
    expect(equals('X\rY', 'x-y')).toBe(false);
    expect(equals('@', '`')).toBe(false);
    expect(equals('[', '{')).toBe(false);
    expect(equals('\xc1', '\xe1')).toBe(false);
  });
});
