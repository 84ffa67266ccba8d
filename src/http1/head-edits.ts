import { idOfName, UNKNOWN_FIELD } from './field-names.ts';

/** Changes to a head, compiled once per route: applied while the head is copied, free when there are none. */
export interface HeadEdits {
  /** Known fields to leave out, one bit per id. */
  readonly removed: number;
  /** Other fields to leave out, in lower case. */
  readonly removedNames: readonly Uint8Array[];
  /** Whole field lines to put at the end, each with its CR LF. */
  readonly appended: string;
}

export const NO_EDITS: HeadEdits = { removed: 0, removedNames: [], appended: '' };

/** Set replaces every field of that name, add leaves those there are, remove takes them out. */
export interface HeadEditRules {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly add: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

export function compileEdits(rules: HeadEditRules): HeadEdits {
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
  };
}
