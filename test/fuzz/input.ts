/** What a response answers: it decides whether there is a body, and whether 101 may be. */
export type Asked = 'get' | 'head' | 'upgrade';

/** Bytes to be read by both sides, in pieces. */
export interface Input {
  readonly bytes: Buffer;
  /** Where the bytes are cut: ascending offsets, neither 0 nor the length. */
  readonly cuts: readonly number[];
  /** Means nothing for requests. */
  readonly asked: Asked;
}

/** The pieces of an input, as [start, end). */
export function piecesOf({ bytes, cuts }: Input): [start: number, end: number][] {
  const edges = [0, ...cuts, bytes.length];
  return edges.slice(1).map((end, index) => [edges[index]!, end]);
}

/** The input in one piece. */
export function uncut(input: Input): Input {
  return { ...input, cuts: [] };
}

/** Anything as one line of ASCII; a string can be pasted into a test. */
export function escaped(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\xff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16)}`,
  );
}
