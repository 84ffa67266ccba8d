/** A fenced block of a page. */
export interface Block {
  /** Of its opening fence, from 1. */
  readonly line: number;
  /** The first word after the fence, '' without one. */
  readonly language: string;
  /** The words after that: what is to be done with it. */
  readonly words: readonly string[];
  readonly text: string;
  /** The comment that stands right above, without its marks; '' without one. */
  readonly note: string;
}

export interface Heading {
  readonly line: number;
  /** 1 for `#`. */
  readonly level: number;
  readonly text: string;
}

export interface Link {
  readonly line: number;
  readonly target: string;
}

/** What the tests look at of a page in Markdown. */
export interface Page {
  readonly blocks: readonly Block[];
  readonly headings: readonly Heading[];
  readonly links: readonly Link[];
  /** Prose by line, '' in the place of blocks. */
  readonly prose: readonly string[];
}

const FENCE = /^(\s*)```(.*)$/;

/** @throws when a block has no end. */
export function parsePage(text: string): Page {
  const blocks: Block[] = [];
  const prose: string[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', info = ''] = FENCE.exec(lines[at]!) ?? [];
    if (!FENCE.test(lines[at]!)) {
      prose.push(lines[at]!);
      continue;
    }
    const end = lines.findIndex((line, index) => index > at && line.trim() === '```');
    if (end === -1) throw new Error(`The block at line ${at + 1} has no end`);
    const [language = '', ...words] = info.trim().split(/\s+/);
    const inner = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    const [, note = ''] = /^<!--\s*(.*?)\s*-->$/.exec(lines[at - 1]?.trim() ?? '') ?? [];
    blocks.push({ line: at + 1, language, words, text: `${inner.join('\n')}\n`, note });
    while (prose.length <= end) prose.push('');
    at = end;
  }
  return { blocks, prose, headings: headingsOf(prose), links: linksOf(prose) };
}

function headingsOf(prose: readonly string[]): readonly Heading[] {
  return prose.flatMap((text, index) => {
    const [, marks, title] = /^(#{1,6}) +(.*)$/.exec(text) ?? [];
    return marks === undefined || title === undefined
      ? []
      : [{ line: index + 1, level: marks.length, text: title }];
  });
}

function linksOf(prose: readonly string[]): readonly Link[] {
  return prose.flatMap((text, index) =>
    [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({
      line: index + 1,
      target,
    })),
  );
}

/** The names under which GitHub lets links point to the headings of a page. */
export function anchorsOf({ headings }: Page): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const { text } of headings) {
    const plain = text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    let name = anchor;
    for (let copy = 1; anchors.has(name); copy++) name = `${anchor}-${copy}`;
    anchors.add(name);
  }
  return anchors;
}
