/** One thing in the configuration that lb does not accept, told so that a person can mend it. */
export interface Problem {
  readonly file: string;
  /** From 1; 0 when the file as a whole is meant (it is missing, it is too large). */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count; 0 as for `line`. */
  readonly column: number;
  /** `<what could not be accepted>: <what was found>; <what is allowed>`, in one line. */
  readonly message: string;
  /** The line of the file, shortened and without control characters; null when `line` is 0. */
  readonly excerpt: Excerpt | null;
}

export interface Excerpt {
  readonly text: string;
  /** Index in `text` that the caret points at. */
  readonly caret: number;
}

const excerptWidth = 100;
const shownBeforeCaret = 60;
const quotedLength = 60;

/** A problem with the file as a whole. */
export function fileProblem(file: string, message: string): Problem {
  return { file, line: 0, column: 0, message, excerpt: null };
}

/** Puts problems in file order; those of one spot keep the order in which they were found. */
export function compareProblems(one: Problem, other: Problem): number {
  return one.line - other.line || one.column - other.column;
}

/**
 * Cuts a source line down to a window around the caret. Control characters, and those that reorder text, become
 * dots, so that a configuration file cannot write to the terminal of whoever checks it.
 */
export function excerptOf(line: string, column: number): Excerpt {
  const start = line.length > excerptWidth ? Math.max(0, column - 1 - shownBeforeCaret) : 0;
  const head = start > 0 ? '…' : '';
  const tail = line.length > start + excerptWidth ? '…' : '';
  const window = line.slice(start, start + excerptWidth).replaceAll('\t', ' ');
  return {
    text: head + window.replace(unprintable, '·') + tail,
    caret: head.length + column - 1 - start,
  };
}

/** A value of the user inside a message: in quotes, one line, of bounded length. */
export function quote(text: string): string {
  const shown = text.length > quotedLength ? `${text.slice(0, quotedLength)}…` : text;
  return JSON.stringify(shown).replace(unprintable, '·');
}

/** Keeps a message on its line and the terminal as it was, whatever of the user's bytes got into it. */
export function cleanMessage(message: string): string {
  return message.replace(unprintable, '·');
}

const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const bold = ['\u001b[1m', '\u001b[0m'] as const;
const red = ['\u001b[31m', '\u001b[0m'] as const;
const plain = ['', ''] as const;

/** @returns lines ending in a newline: place and message, then the source line with a caret under the spot. */
export function formatProblem(problem: Problem, color: boolean): string {
  const [strong, normal] = color ? bold : plain;
  const [alert, calm] = color ? red : plain;
  const { file, line, column, message, excerpt } = problem;
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  const heading = `${strong}${place}:${normal} ${message}\n`;
  if (excerpt === null) return heading;
  const margin = ' '.repeat(String(line).length);
  const caret = `${' '.repeat(excerpt.caret)}${alert}^${calm}`;
  return `${heading}  ${line} | ${excerpt.text}\n  ${margin} | ${caret}\n`;
}
