import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { completeFragment, fragmentWords } from './config-fragment.ts';
import type { Block, Page } from './markdown.ts';

/** How the shell of a page (run-page.sh) takes a step. */
export type StepKind =
  /** Its commands must succeed. */
  | 'run'
  /** One of its commands must fail. */
  | 'fail'
  /** Its command stays until the section ends. */
  | 'serve'
  /** The servers of the section are ended, as by Ctrl-C. */
  | 'end'
  /** A whole lb.yaml: lb accepts it and, if no server is running, starts with it and stops again. */
  | 'config';

export interface Step {
  readonly kind: StepKind;
  /** Of the block. */
  readonly line: number;
  /** Commands; for `config` the name of the file. */
  readonly script: string;
  /** Files to be there beforehand, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** What the commands print, `…` for any text; null when the page does not say. */
  readonly output: string | null;
}

const root = resolve(import.meta.dirname, '../..');

/** What an interpreter of another language makes of a block that it accepts. */
const foreign: Readonly<Record<string, (file: string) => string>> = {
  js: (file) => `node --check ${file}`,
  ts: (file) => readBy(file, "require('node:module').stripTypeScriptTypes(text)"),
  nginx: (file) => `nginx -t -q -c "$PWD/${file}" -e stderr -g 'pid nginx.pid;'`,
  haproxy: (file) => `haproxy -c -q -f ${file}`,
  caddyfile: (file) => `caddy validate --adapter caddyfile --config ${file}`,
};

/** JSON: one value, or one on each line. */
const ONE_OR_MANY = "try { JSON.parse(text) } catch { text.trim().split('\\n').map(JSON.parse) }";

const extensions: Readonly<Record<string, string>> = { js: 'mjs' };

/** Everything that a page asks its reader to do, in order. */
export function stepsOf({ blocks, headings }: Page): readonly Step[] {
  const steps: Step[] = [];
  /** Of the heading that the first server stands under; 0 while there is none. */
  let level = 0;
  let after = 0;
  for (const [index, block] of blocks.entries()) {
    const passed = headings.filter(({ line }) => line > after && line < block.line);
    if (passed.some((heading) => heading.level <= level)) {
      steps.push(endOf(after));
      level = 0;
    }
    after = block.line;
    const step = stepOf(block, blocks[index + 1]);
    if (step !== null) steps.push(step);
    if (step?.kind === 'serve') level ||= levelAt(headings, block.line);
  }
  return level > 0 ? [...steps, endOf(after)] : steps;
}

/** How deep the section is that a line belongs to; what stands above all headings is like a section of the first level. */
function levelAt(headings: Page['headings'], line: number): number {
  return headings.findLast((heading) => heading.line < line)?.level ?? 1;
}

function endOf(line: number): Step {
  return { kind: 'end', line, script: '', files: {}, output: null };
}

/** @throws when nobody has said what is to be done with the block. */
function stepOf(block: Block, next: Block | undefined): Step | null {
  const { language, words, text, line } = block;
  if (words.includes('output') || isCheckedElsewhere(block)) return null;
  const file = words.find((word) => word.startsWith('file='))?.slice('file='.length);
  const name = file ?? `block-${line}.${extensions[language] ?? language}`;
  const files = { [name]: text };
  switch (language) {
    case 'sh': {
      const output = next?.words.includes('output') ? next.text : null;
      return { kind: shellKind(block), line, script: text, files: {}, output };
    }
    case 'yaml':
      return configStep(block, name);
    case 'json':
      return quietStep('run', block, readBy(name, ONE_OR_MANY), files);
    case '':
    case 'text':
      refuseCommands(block);
      return file === undefined ? null : quietStep('run', block, '', files);
    default: {
      const check = foreign[language];
      if (check === undefined) throw new Error(`${at(block)} has a language that no test knows`);
      return quietStep('run', block, check(name), { [name]: whole(block) });
    }
  }
}

function configStep(block: Block, name: string): Step {
  const word = block.words.find((candidate) => fragmentWords.includes(candidate));
  if (word === undefined) return quietStep('config', block, name, { [name]: block.text });
  const files = { [name]: completeFragment(word, block.text) };
  return quietStep('run', block, `lb check -c ${name}`, files);
}

/** One whose output nobody has written down. */
function quietStep(kind: StepKind, { line }: Block, script: string, files: Step['files']): Step {
  return { kind, line, script, files, output: null };
}

function shellKind(block: Block): StepKind {
  const { words } = block;
  if (words.length === 0) return 'run';
  if (words.includes('server')) return 'serve';
  if (words.includes('fails')) return 'fail';
  throw new Error(`${at(block)} says "${words.join(' ')}"; known: server, fails, not-run`);
}

/**
 * `not-run`, for what needs more than a test can have, such as systemd: the comment above says why, and which file checks
 * it in another way.
 */
function isCheckedElsewhere(block: Block): boolean {
  if (!block.words.includes('not-run')) return false;
  const checker = /^not run: .+; checked by (\S+)$/.exec(block.note)?.[1];
  if (checker === undefined) {
    throw new Error(`${at(block)} needs "<!-- not run: WHY; checked by FILE -->" above it`);
  }
  if (!existsSync(join(root, checker))) {
    throw new Error(`${at(block)} is checked by ${checker}, which does not exist`);
  }
  return true;
}

/** Drawings and formulas have no language; commands must have one, or they would not be run. */
function refuseCommands(block: Block): void {
  if (/^(\$ |npm |npx |lb |curl |kill )/m.test(block.text)) {
    throw new Error(`${at(block)} looks like commands; begin it with \`\`\`sh`);
  }
}

/** As people show it beside another one: without the parts that every nginx.conf has. */
function whole({ language, text }: Block): string {
  if (language !== 'nginx' || /^events /m.test(text)) return text;
  return /^stream /m.test(text) ? `events {}\n${text}` : `events {}\nhttp {\n${text}}\n`;
}

/** @param read what throws when it cannot make sense of `text`. */
function readBy(file: string, read: string): string {
  return `node -e "const text = require('node:fs').readFileSync('${file}', 'utf8'); ${read}"`;
}

function at({ line, language }: Block): string {
  return `The block ${language} at line ${line}`;
}
