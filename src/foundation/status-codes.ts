/** HTTP status codes from `first` to `last`, both included. */
export interface StatusRange {
  readonly first: number;
  readonly last: number;
}

/** Reads `204` or `200-399`; null when the text is neither, names no status of a final response, or counts down. */
export function parseStatusRange(text: string): StatusRange | null {
  const parts = /^([2-5]\d\d)(?:-([2-5]\d\d))?$/.exec(text);
  if (parts === null) return null;
  const first = Number(parts[1]);
  const last = Number(parts[2] ?? parts[1]);
  return first <= last ? { first, last } : null;
}
