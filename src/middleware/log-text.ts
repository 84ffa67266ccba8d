import { isUtf8 } from 'node:buffer';

/** "000" to "999": making the text of a fraction costs ten times as much as finding it here. */
export const thousandths: readonly string[] = Array.from({ length: 1000 }, (_, n) =>
  String(n).padStart(3, '0'),
);

/** All but printable ASCII without `"` and `\`; what a JSON string can hold, and more, such as DEL. */
const UNUSUAL = /[^ !#-[\]-~]/;
/** What JSON does not oblige to escape; escaped all the same, so that a line is ASCII: no terminal obeys it, no reader of lines breaks it. */
const NOT_ASCII = /[\x7f-\uffff]/g;

/** The inside of a JSON string for a name of the configuration, which may be any Unicode text. */
export function nameText(name: string): string {
  return UNUSUAL.test(name) ? escapeText(name) : name;
}

/**
 * The inside of a JSON string for bytes from a peer, one per character. What is UTF-8 is written as the text it
 * encodes; otherwise each byte above 0x7f as its number, `\u00XX`.
 */
export function byteText(bytes: string): string {
  if (!UNUSUAL.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return escapeText(isUtf8(buffer) ? buffer.toString('utf8') : bytes);
}

function escapeText(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
