/**
 * Character classes of RFC 9110 §5.6.2 (token), §5.5 (field-content) and RFC 3986 §2 (request target), as
 * 256-entry tables: 1 where the byte belongs to the class.
 */

function classOf(belongs: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (belongs(byte) ? 1 : 0));
}

const isAlphanumeric = (byte: number) =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a);

/** Methods, field names and list members: `tchar`. */
export const TOKEN = classOf(
  (byte) => isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".includes(String.fromCharCode(byte)),
);

/** Field values and reason phrases: visible characters, obs-text, space and tab; no other control byte. */
export const FIELD_VALUE = classOf((byte) => byte === 0x09 || (byte >= 0x20 && byte !== 0x7f));

/**
 * Request targets: visible ASCII. Wider than RFC 3986 on purpose (browsers send `|`, `"`, `{` unescaped) and no
 * wider than what every HTTP server reads the same way: no control byte, no space, no byte above 0x7e, and no
 * `#`, since a fragment never belongs on the wire (RFC 9112 §3.2).
 */
export const TARGET = classOf((byte) => byte > 0x20 && byte < 0x7f && byte !== 0x23);

/** A registered name or an IPv4 address (RFC 3986 §3.2.2). */
export const HOST = classOf(
  (byte) => isAlphanumeric(byte) || "-._~%!$&'()*+,;=".includes(String.fromCharCode(byte)),
);

export const NOT_A_DIGIT = 255;

/** Value of a hexadecimal digit, NOT_A_DIGIT for every other byte. */
export const HEX_VALUE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) || !isAlphanumeric(byte) ? NOT_A_DIGIT : digit;
});

export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;
export const TAB = 0x09;
export const COLON = 0x3a;
export const COMMA = 0x2c;
export const SEMICOLON = 0x3b;
