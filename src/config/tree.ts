import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import {
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type ReadValueFile, whyUnreadable } from './files.ts';
import { formatPath, type Path, Places } from './places.ts';
import type { Plain, PlainMap } from './plain.ts';
import { type Problem, quote } from './problem.ts';
import { childSchema, type JsonSchema, takesScalar, takesText } from './schema.ts';
import type { SourceText } from './source-text.ts';
import { type Environment, substituteEnvironment } from './substitute.ts';

/** What lb.yaml may take from outside itself. */
export interface Surroundings {
  readonly env: Environment;
  readonly readFile: ReadValueFile;
}

export interface Tree {
  readonly root: Plain;
  readonly places: Places;
  readonly problems: readonly Problem[];
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

interface Key {
  /** Without `_file`. */
  readonly name: string;
  /** As written. */
  readonly text: string;
  readonly namesFile: boolean;
  /** Offset in the source. */
  readonly start: number;
}

const fileSuffix = '_file';
const maxValueFileBytes = 64 * 1024;

/**
 * Turns YAML nodes into plain data: `${NAME}` and `…_file` keys are replaced by what they stand for, and plain scalars
 * become numbers, booleans or null unless the schema wants text there.
 */
export function buildTree(
  node: ParsedNode | null,
  schema: JsonSchema,
  source: SourceText,
  surroundings: Surroundings,
): Tree {
  const builder = new TreeBuilder(node?.range[0] ?? 0, source, surroundings);
  return {
    root: builder.build(node, schema, []),
    places: builder.places,
    problems: builder.problems,
  };
}

class TreeBuilder {
  readonly places: Places;
  readonly problems: Problem[] = [];
  private readonly source: SourceText;
  private readonly surroundings: Surroundings;

  constructor(start: number, source: SourceText, surroundings: Surroundings) {
    this.places = new Places(source, start);
    this.source = source;
    this.surroundings = surroundings;
  }

  build(node: unknown, schema: JsonSchema | undefined, path: Path): Plain {
    if (isMap(node)) return this.buildMap(node as YAMLMap.Parsed, schema, path); // the parser made it
    if (isSeq(node)) return this.buildList(node as YAMLSeq.Parsed, schema, path); // likewise
    return isScalar(node) ? this.buildScalar(node as Scalar.Parsed, schema, path) : null;
  }

  private buildList(node: YAMLSeq.Parsed, schema: JsonSchema | undefined, path: Path): Plain[] {
    const list: Plain[] = [];
    for (const [index, item] of node.items.entries()) {
      const known = this.problems.length;
      list.push(this.build(item, childSchema(schema, index), [...path, index]));
      const start = (item as ParsedNode).range[0]; // the parser gives every node its range
      this.places.add(list, index, {
        key: start,
        value: start,
        spoiled: this.isSpoiled(item, known),
      });
    }
    return list;
  }

  private buildMap(node: YAMLMap.Parsed, schema: JsonSchema | undefined, path: Path): PlainMap {
    const map: PlainMap = Object.create(null);
    const keys = new Map<string, Key>();
    for (const pair of node.items) {
      const known = this.problems.length;
      const key = this.readKey(pair, schema, path);
      if (key === null || this.isRepeated(key, keys, path)) continue;
      keys.set(key.name, key);
      const isKeyWrong = this.problems.length > known;
      const inner = [...path, key.name];
      const child = childSchema(schema, key.name);
      map[key.name] = key.namesFile
        ? this.readValue(pair.value as Scalar.Parsed, child, inner) // readKey looked
        : this.build(pair.value, child, inner);
      this.places.add(map, key.name, {
        key: key.start,
        value: startOf(pair.value) ?? key.start,
        spoiled: isKeyWrong || this.isSpoiled(pair.value, known),
      });
    }
    return map;
  }

  /** @returns null, and a problem, when the key is no text. */
  private readKey(pair: ParsedPair, schema: JsonSchema | undefined, path: Path): Key | null {
    const { key, value } = pair;
    if (!isScalar(key)) {
      const message = `${formatPath(path)}: a list or map cannot be a key; needs text`;
      this.problems.push(this.source.problemAt(key.range[0], message));
      return null;
    }
    const text = this.substitute(key, path);
    const isFile = namesFile(text, value, schema);
    const name = isFile ? text.slice(0, -fileSuffix.length) : text;
    return { name, text, namesFile: isFile, start: key.range[0] };
  }

  /** Whether the key was given before, itself or as its `…_file`; that is a problem. */
  private isRepeated(key: Key, keys: ReadonlyMap<string, Key>, path: Path): boolean {
    const first = keys.get(key.name);
    if (first === undefined) return false;
    const line = this.source.lineAt(first.start);
    const how =
      first.text === key.text ? 'is given already' : `is given already as ${quote(first.text)}`;
    const message = `${formatPath([...path, key.text])}: ${how} on line ${line}; keep one`;
    this.problems.push(this.source.problemAt(key.start, message));
    return true;
  }

  private buildScalar(node: Scalar.Parsed, schema: JsonSchema | undefined, path: Path): Plain {
    const text = this.substitute(node, path);
    return node.type === 'PLAIN' ? typed(text, schema) : text;
  }

  /** @param node the value of a `…_file` key: a path, relative to the folder of lb.yaml. */
  private readValue(node: Scalar.Parsed, schema: JsonSchema | undefined, path: Path): Plain {
    const known = this.problems.length;
    const name = this.substitute(node, path);
    if (this.problems.length > known) return null;
    try {
      const file = resolve(dirname(this.source.file), name);
      const bytes = this.surroundings.readFile(file, maxValueFileBytes);
      if (bytes.length > maxValueFileBytes) throw new Error('it is larger than 64 KiB');
      if (!isUtf8(bytes)) throw new Error('it is not UTF-8 text');
      return typed(new TextDecoder().decode(bytes).replace(/\r?\n$/, ''), schema);
    } catch (error) {
      const what = `${formatPath(path)}: cannot read its value from ${quote(name)}`;
      const message = `${what}; ${whyUnreadable(error)}`;
      this.problems.push(this.source.problemAt(node.range[0], message));
      return null;
    }
  }

  private substitute(node: Scalar.Parsed, path: Path): string {
    const written = String(node.value ?? '');
    const { text, complaints } = substituteEnvironment(written, this.surroundings.env);
    for (const { ordinal, message } of complaints) {
      const offset = this.offsetOfReference(node, ordinal);
      this.problems.push(this.source.problemAt(offset, `${formatPath(path)}: ${message}`));
    }
    return text;
  }

  private offsetOfReference(node: Scalar.Parsed, ordinal: number): number {
    const [start, end] = node.range;
    let offset = start - 1;
    for (let seen = 0; seen <= ordinal; seen++) offset = this.source.text.indexOf('${', offset + 1);
    return offset < start || offset >= end ? start : offset; // escapes such as "\x24" hide it
  }

  /** @param known how many problems there were before this scalar was read. */
  private isSpoiled(node: unknown, known: number): boolean {
    return isScalar(node) && this.problems.length > known;
  }
}

function startOf(node: ParsedNode | null): number | null {
  if (node === null || (isScalar(node) && node.type === 'PLAIN' && node.value === '')) return null;
  return node.range[0];
}

/** Whether `key` is a known key with `_file` after it; a map or list is never read from a file. */
function namesFile(key: string, value: unknown, schema: JsonSchema | undefined): boolean {
  if (!key.endsWith(fileSuffix) || key.length === fileSuffix.length || !isScalar(value))
    return false;
  const base = childSchema(schema, key.slice(0, -fileSuffix.length));
  return base !== undefined && takesScalar(base);
}

/** YAML 1.2 core schema: what a scalar without quotes means. */
function typed(text: string, schema: JsonSchema | undefined): Plain {
  if (/^(~|null|Null|NULL)?$/.test(text)) return null;
  if (schema !== undefined && takesText(schema)) return text;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  const isNumber = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$|^0x[\da-fA-F]+$|^0o[0-7]+$/.test(
    text,
  );
  return isNumber ? Number(text) : text;
}
