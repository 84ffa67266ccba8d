import type { Plain, PlainMap } from './plain.ts';
import { type Problem, quote } from './problem.ts';
import type { SourceText } from './source-text.ts';

/** Keys and list indices from the root of the file down to a value. */
export type Path = readonly (string | number)[];

/** Something wrong with one key or value, before it is known where in the file that stands. */
export interface Finding {
  readonly path: Path;
  readonly at: 'key' | 'value';
  /** What was found; what is allowed. */
  readonly message: string;
}

/** Offsets in the source. */
export interface Place {
  readonly key: number;
  readonly value: number;
  /** A problem was told already, so whatever later stages find wrong with the value follows from it. */
  readonly spoiled: boolean;
}

/** Answers where something was written, as in `line 7`, or `its default` for what was not. */
export type Where = (path: Path) => string;

/** Remembers where each key and value of a tree was written. */
export class Places {
  private readonly source: SourceText;
  private readonly start: number;
  private readonly entries = new Map<object, Map<string | number, Place>>();

  /** @param start offset of the root. */
  constructor(source: SourceText, start: number) {
    this.source = source;
    this.start = start;
  }

  add(container: PlainMap | Plain[], key: string | number, place: Place): void {
    const known = this.entries.get(container);
    if (known === undefined) this.entries.set(container, new Map([[key, place]]));
    else known.set(key, place);
  }

  /** Whether the file itself says it, rather than a default. */
  isWritten(root: Plain, path: Path): boolean {
    return this.find(root, path).depth === path.length;
  }

  where(root: Plain, path: Path): string {
    const { place, depth } = this.find(root, path);
    return depth === path.length ? `line ${this.source.lineAt(place.key)}` : 'its default';
  }

  /** @returns null for what follows from a problem told before. */
  problemOf(root: Plain, { path, at, message }: Finding): Problem | null {
    const { place, depth } = this.find(root, path);
    if (place.spoiled) return null;
    const offset = depth === path.length ? place[at] : place.key;
    return this.source.problemAt(offset, `${formatPath(path)}: ${message}`);
  }

  /** The place of what `path` names or, where it was not written, of the nearest thing around it. */
  private find(root: Plain, path: Path): { place: Place; depth: number } {
    let place: Place = { key: this.start, value: this.start, spoiled: false };
    let value: unknown = root;
    for (const [depth, step] of path.entries()) {
      const next = isContainer(value) ? this.entries.get(value)?.get(step) : undefined;
      if (next === undefined) return { place, depth };
      place = next;
      value = (value as Record<string | number, unknown>)[step]; // it has entries, so it is a map or a list
    }
    return { place, depth: path.length };
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** As in `listeners[0].timeouts.idle`; `the file` for the root. */
export function formatPath(path: Path): string {
  if (path.length === 0) return 'the file';
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\w-]{1,60}$/.test(step) ? `.${step}` : `.${quote(step)}`;
  });
  return steps.join('').replace(/^\./, '');
}
