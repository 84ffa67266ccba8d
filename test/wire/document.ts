import { readdirSync, readFileSync } from 'node:fs';
import type { HeadLimits } from '../../src/http1/head-parser.ts';
import { inputBytes } from './notation.ts';

/** One run of bytes on one connection. */
export interface WireInput {
  /** Line of the document that its block begins on. */
  readonly line: number;
  readonly bytes: Buffer;
  readonly kind: 'request' | 'response';
  /** For responses: the method of the request that they answer. */
  readonly method: string;
  readonly limits: HeadLimits;
  /** Lines of the events block behind it. */
  readonly expected: readonly string[];
}

/** A section of a document: a statement, why it holds, and the inputs that show it. */
export interface WireCase {
  readonly title: string;
  readonly prose: string;
  readonly inputs: readonly WireInput[];
}

export interface WireDocument {
  readonly file: string;
  readonly title: string;
  readonly cases: readonly WireCase[];
}

const DEFAULT_LIMITS: HeadLimits = { headerBytes: 4096, headerCount: 20, targetBytes: 1024 };

interface Block {
  readonly info: string;
  readonly line: number;
  readonly lines: readonly string[];
}

/** Reads every document of a folder but its README. */
export function readDocuments(folder: string): WireDocument[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .map((file) => parseDocument(file, readFileSync(`${folder}/${file}`, 'utf8')));
}

export function parseDocument(file: string, text: string): WireDocument {
  const lines = text.split('\n');
  const title = lines[0]?.startsWith('# ') ? lines[0].slice(2) : null;
  if (title === null) throw new Error(`${file}: the first line is no title`);
  const cases: WireCase[] = [];
  for (let at = 1; at < lines.length; ) {
    if (!lines[at]!.startsWith('## ')) {
      at++;
      continue;
    }
    const section = readSection(file, lines, at);
    cases.push(section.case);
    at = section.end;
  }
  return { file, title, cases };
}

/** Reads from a heading to the next one. */
function readSection(file: string, lines: readonly string[], start: number) {
  const prose: string[] = [];
  const blocks: Block[] = [];
  let at = start + 1;
  while (at < lines.length && !lines[at]!.startsWith('## ')) {
    if (!lines[at]!.startsWith('```')) {
      prose.push(lines[at++]!);
      continue;
    }
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`${file}:${at + 1}: this block has no end`);
    blocks.push({ info: lines[at]!.slice(3), line: at + 1, lines: lines.slice(at + 1, end) });
    at = end + 1;
  }
  const title = lines[start]!.slice(3);
  return { case: { title, prose: prose.join(' '), inputs: inputsOf(file, blocks) }, end: at };
}

/** An events block holds for every input block since the one before it. */
function inputsOf(file: string, blocks: readonly Block[]): WireInput[] {
  const inputs: WireInput[] = [];
  let open: Block[] = [];
  for (const block of blocks) {
    if (block.info !== 'events') {
      open.push(block);
      continue;
    }
    if (open.length === 0) throw new Error(`${file}:${block.line}: events of no input`);
    for (const input of open) inputs.push(inputOf(file, input, block.lines));
    open = [];
  }
  if (open.length > 0) throw new Error(`${file}:${open[0]!.line}: an input without events`);
  return inputs;
}

const INFO =
  /^http(?<response> response to (?<method>[A-Z]+))?(?: target=(?<target>\d+))?(?: head=(?<head>\d+))?(?: fields=(?<fields>\d+))?$/;

function inputOf(file: string, block: Block, expected: readonly string[]): WireInput {
  const info = INFO.exec(block.info)?.groups;
  if (info === undefined) throw new Error(`${file}:${block.line}: not an input: ${block.info}`);
  return {
    line: block.line,
    bytes: inputBytes(block.lines),
    kind: info['response'] === undefined ? 'request' : 'response',
    method: info['method'] ?? '',
    limits: {
      headerBytes: Number(info['head'] ?? DEFAULT_LIMITS.headerBytes),
      headerCount: Number(info['fields'] ?? DEFAULT_LIMITS.headerCount),
      targetBytes: Number(info['target'] ?? DEFAULT_LIMITS.targetBytes),
    },
    expected,
  };
}
