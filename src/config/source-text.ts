import { isUtf8 } from 'node:buffer';
import { LineCounter } from 'yaml';
import { cleanMessage, excerptOf, fileProblem, type Problem } from './problem.ts';

/** Files of this size and more are refused before anything looks at them. */
export const maxConfigBytes = 10_000_000;

/** The text of one configuration file; turns offsets into problems with line, column and caret. */
export class SourceText {
  readonly file: string;
  /** Without byte order mark; offsets everywhere count its UTF-16 units. */
  readonly text: string;
  readonly lines = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.lines.addNewLine(0);
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) {
      this.lines.addNewLine(end + 1);
    }
  }

  lineAt(offset: number): number {
    return this.lines.linePos(offset).line;
  }

  problemAt(offset: number, message: string): Problem {
    const { line, col } = this.lines.linePos(offset);
    const start = offset - col + 1;
    const newline = this.text.indexOf('\n', start);
    const end = newline === -1 ? this.text.length : newline;
    const shown = this.text.slice(start, end).replace(/\r$/, '');
    const excerpt = excerptOf(shown, col);
    return { file: this.file, line, column: col, message: cleanMessage(message), excerpt };
  }
}

export type DecodeResult =
  | { readonly ok: true; readonly source: SourceText }
  | { readonly ok: false; readonly problem: Problem };

/** Accepts UTF-8 only, with or without a byte order mark. */
export function decodeSource(file: string, bytes: Uint8Array): DecodeResult {
  if (bytes.length >= maxConfigBytes) {
    const found = `the file has ${maxConfigBytes / 1e6} MB or more`;
    return {
      ok: false,
      problem: fileProblem(file, `cannot be read: ${found}; needs to be smaller`),
    };
  }
  if (!isUtf8(bytes)) return { ok: false, problem: encodingProblem(file, bytes) };
  return { ok: true, source: new SourceText(file, new TextDecoder().decode(bytes)) };
}

function encodingProblem(file: string, bytes: Uint8Array): Problem {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return fileProblem(file, 'cannot be read: the file is UTF-16; save it as UTF-8');
  }
  const valid = validStart(bytes);
  const position = Buffer.byteLength(valid);
  const byte = bytes.subarray(position, position + 1);
  const found = `byte 0x${Buffer.from(byte).toString('hex')} at position ${position}`;
  const everything = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return new SourceText(file, everything).problemAt(
    valid.length,
    `cannot be read: ${found} is not valid UTF-8; save the file as UTF-8`,
  );
}

/** The longest start of `bytes` that is valid UTF-8, found by halving. */
function validStart(bytes: Uint8Array): string {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodeStart(bytes, middle) === null) bad = middle;
    else good = middle;
  }
  return decodeStart(bytes, good) ?? '';
}

/** @returns null when the first `length` bytes are wrong, not merely cut inside a character. */
function decodeStart(bytes: Uint8Array, length: number): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes.subarray(0, length), { stream: true });
  } catch {
    return null;
  }
}
