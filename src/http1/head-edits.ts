import { fieldSet, idOfName, UNKNOWN_FIELD } from './field-names.ts';

const VIA = fieldSet('via');

/** Changes to a head, compiled once per route: applied while the head is copied, free when there are none. */
export interface HeadEdits {
  /** Known fields to leave out, one bit per id. */
  readonly removed: number;
  /** Other fields to leave out, in lower case. */
  readonly removedNames: readonly Uint8Array[];
  /** Whole field lines to put at the end, each with its CR LF. */
  readonly appended: string;
  /** lb adds itself to Via (RFC 9110 §7.6.3). */
  readonly via: boolean;
}

export const NO_EDITS: HeadEdits = { removed: 0, removedNames: [], appended: '', via: false };

/** Set replaces every field of that name, add leaves those there are, remove takes them out. */
export interface HeadEditRules {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly add: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

/** @param via lb adds itself to Via, unless the rules themselves set or remove it. */
export function compileEdits(rules: HeadEditRules, via: boolean): HeadEdits {
  const names = [...rules.remove, ...rules.set.map(([name]) => name)].map((name) =>
    name.toLowerCase(),
  );
  let removed = 0;
  for (const name of names) {
    const id = idOfName(name);
    if (id !== UNKNOWN_FIELD) removed |= 1 << id;
  }
  return {
    removed,
    removedNames: names
      .filter((name) => idOfName(name) === UNKNOWN_FIELD)
      .map((name) => Buffer.from(name, 'latin1')),
    appended: [...rules.set, ...rules.add].map(([name, value]) => `${name}: ${value}\r\n`).join(''),
    via: via && (removed & VIA) === 0,
  };
}

/** lb's entry in Via, by the minor version of the message that it received. */
const VIA_LINES = ['Via: 1.0 lb\r\n', 'Via: 1.1 lb\r\n'] as const;

/** The lines that edits put behind a head's own fields. @param minorVersion 0 or 1. */
export function appendedLines(edits: HeadEdits, minorVersion: number): string {
  return edits.via ? VIA_LINES[minorVersion === 0 ? 0 : 1] + edits.appended : edits.appended;
}
