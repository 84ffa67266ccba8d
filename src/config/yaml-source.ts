import { Composer, CST, Lexer, type ParsedNode, Parser, type YAMLError } from 'yaml';
import type { Problem } from './problem.ts';
import { quote } from './problem.ts';
import type { SourceText } from './source-text.ts';

/** Bounds memory: 10,000 routes and 10,000 backends are 650,000 tokens, and each token costs some 500 bytes. */
const maxTokens = 1_500_000;
/** Bounds recursion; lb.yaml itself needs 12. */
const maxDepth = 64;

export type YamlResult =
  | { readonly ok: true; readonly root: ParsedNode | null }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Parses one YAML 1.2 document in which every scalar stays text: what `1` or `true` mean is decided after substitution.
 * Anchors, aliases, tags and directives are refused before anything is built, so nothing can grow out of a small file.
 */
export function parseYaml(source: SourceText): YamlResult {
  const scanned = scan(source);
  if (!scanned.ok) return scanned;
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false });
  const [document, second] = composer.compose(scanned.tokens, false, source.text.length);
  if (document === undefined) return { ok: true, root: null };
  const problems = onePerLine(document.errors.map((error) => problemOf(source, error)));
  if (second !== undefined) {
    const message =
      'cannot be read: a second document begins here; one file holds one configuration';
    problems.push(source.problemAt(second.range[0], message));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, root: document.contents };
}

type ScanResult =
  | { readonly ok: true; readonly tokens: readonly CST.Token[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Splits into tokens under the limits, collecting what lb refuses of YAML. */
function scan(source: SourceText): ScanResult {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const problems: Problem[] = [];
  let previous = '';
  let count = 0;
  for (const lexeme of new Lexer().lex(source.text)) {
    const message = previous === CST.SCALAR ? null : refusal(lexeme, previous);
    if (message !== null) problems.push(source.problemAt(parser.offset, message));
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > maxDepth || ++count > maxTokens) {
      const limit = count > maxTokens ? `${maxTokens} YAML tokens` : `${maxDepth} levels`;
      const tooMuch = `cannot be read: more than ${limit}; lb.yaml needs far less`;
      return { ok: false, problems: [source.problemAt(parser.offset, tooMuch)] };
    }
    previous = lexeme;
  }
  tokens.push(...parser.end());
  return problems.length > 0 ? { ok: false, problems: onePerLine(problems) } : { ok: true, tokens };
}

/** @returns what is wrong with a token that YAML allows and lb does not. */
function refusal(lexeme: string, previous: string): string | null {
  switch (lexeme[0]) {
    case '*':
      return `${quote(lexeme)} is an alias in YAML; aliases are not supported, write a value that begins with * in quotes`;
    case '&':
      return `${quote(lexeme)} is an anchor in YAML; anchors are not supported, write the values out or use \${NAME}`;
    case '!':
      return `${quote(lexeme)} is a tag in YAML; tags are not supported, write text in quotes`;
    case '%':
      return `${quote(lexeme.trim())} is a YAML directive; directives are not supported, remove it`;
    case '{':
      return previous.endsWith('$')
        ? `"\${" stands inside [ ] or { }, where YAML takes its brace; write "\${NAME}" with the quotes`
        : null;
    default:
      return null;
  }
}

/** Where the parser's own words are for implementers. */
const advice: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab indents here; indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " in one line; put the value in quotes',
  MULTILINE_IMPLICIT_KEY: 'a key runs over several lines; indent it like the lines above',
};

function problemOf(source: SourceText, error: YAMLError): Problem {
  const reason = advice[error.code] ?? error.message.slice(0, 120); // it may quote the file
  // What is missing at the end of the file is shown after its last character, not on the empty line below.
  const offset = Math.min(error.pos[0], source.text.trimEnd().length);
  return source.problemAt(offset, `cannot be read as YAML: ${reason}`);
}

/** One slip makes the parser stumble several times over the same line. */
function onePerLine(problems: readonly Problem[]): Problem[] {
  const lines = new Map<number, Problem>();
  for (const problem of problems) if (!lines.has(problem.line)) lines.set(problem.line, problem);
  return [...lines.values()];
}
