/** What lb.yaml says, as plain data. */
export type Plain = string | number | boolean | null | Plain[] | PlainMap;
/** Without a prototype, so that no key means more than itself. */
export interface PlainMap {
  [key: string]: Plain;
}

// The readers below let a check look at one part of a file of which another part is wrong: what has not the expected
// shape reads as empty, and the schema has its own finding about it.

export function asMap(value: Plain | undefined): PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function asList(value: Plain | undefined): readonly Plain[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: Plain | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** The texts of a list, or the one text that stands for a list of one. */
export function asTexts(value: Plain | undefined): readonly string[] {
  return typeof value === 'string'
    ? [value]
    : asList(value).filter((item) => typeof item === 'string');
}
