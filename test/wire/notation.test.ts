import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, inputBytes, visible } from './notation.ts';

const bytesOf = (...lines: readonly string[]) => inputBytes(lines).toString('latin1');

describe('the notation', () => {
  it('ends lines in CR LF, unless a backslash stands there', () => {
    expect(bytesOf('a', '', 'b\\', 'c')).toBe('a\r\n\r\nbc\r\n');
    expect(bytesOf('a\\\\')).toBe('a\\\r\n');
    expect(bytesOf('a\\\\\\')).toBe('a\\');
    expect(bytesOf('a\\n\\')).toBe('a\n');
  });

  it('has an escape for every byte', () => {
    expect(expand('\\r\\n\\t\\0\\\\\\x7f\\xff')).toBe('\r\n\t\0\\\x7f\xff');
  });

  it('repeats', () => {
    expect(expand('<\\{3*ab}\\{2*\\r\\n}\\{0*x}>')).toBe('<ababab\r\n\r\n>');
    expect(expand('{3*a}')).toBe('{3*a}');
  });

  it.each(['\\q', '\\xFF', '\\x1', '\\{a*b}', 'a\\'])('refuses %j', (notation) => {
    expect(() => expand(notation)).toThrow('Unknown escape');
  });

  it.each(['a ', 'a\tb', 'caf\xe9', 'a\r'])('refuses %j, which a reader could not see', (line) => {
    expect(() => inputBytes([line])).toThrow('cannot see');
  });

  it('shows any bytes so that they can be read back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        const shown = visible(text);
        expect(shown).toMatch(/^[\x20-\x7e]*$/);
        expect(expand(shown)).toBe(text);
      }),
    );
  });
});
