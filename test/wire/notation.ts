/**
 * The notation in which documents spell bytes: printable ASCII stands for itself, everything else is an escape.
 * README.md beside this file lists the escapes.
 */

const SIMPLE: Readonly<Record<string, string>> = {
  r: '\r',
  n: '\n',
  t: '\t',
  '0': '\0',
  '\\': '\\',
};
const ESCAPE = /\\(?:x([0-9a-f]{2})|\{(\d+)\*((?:[^\\}]|\\[^{])*)\}|(.?))/g;

/** @returns the text, one character per byte, that the notation stands for. */
export function expand(notation: string): string {
  return notation.replace(ESCAPE, (whole, hex?: string, count?: string, repeated = '', simple?) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (count !== undefined) return expand(repeated).repeat(Number(count));
    const character = SIMPLE[simple];
    if (character === undefined) throw new Error(`Unknown escape ${whole} in ${notation}`);
    return character;
  });
}

/** The bytes of an input block: each line ends in CR LF, unless a backslash is its last character. */
export function inputBytes(lines: readonly string[]): Buffer {
  const texts = lines.map((line) => {
    if (!/^[\x20-\x7e]*$/.test(line) || line.endsWith(' ')) {
      throw new Error(`Bytes that a reader cannot see in ${JSON.stringify(line)}: write an escape`);
    }
    const joined = /(?<!\\)(?:\\\\)*\\$/.test(line);
    return joined ? expand(line.slice(0, -1)) : `${expand(line)}\r\n`;
  });
  return Buffer.from(texts.join(''), 'latin1');
}

/** Text of one character per byte, in the notation; a space at its end becomes visible, too. */
export function visible(text: string): string {
  return text.replace(/[^\x20-\x5b\x5d-\x7e]| $/g, (character) => {
    const simple = Object.keys(SIMPLE).find((name) => SIMPLE[name] === character);
    return `\\${simple ?? `x${character.charCodeAt(0).toString(16).padStart(2, '0')}`}`;
  });
}
