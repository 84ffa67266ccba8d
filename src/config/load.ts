import { dirname } from 'node:path';
import type { CustomAlgorithms } from '../balancing/configured.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { checkModules } from './check-modules.ts';
import { checkTests } from './check-tests.ts';
import type { ConfigDocument } from './config-document.ts';
import { loadCustomAlgorithms } from './custom-algorithms.ts';
import {
  type ConfigContent,
  type ReadValueFile,
  readConfigFile,
  readValueFile,
  whyUnreadable,
} from './files.ts';
import type { Finding, Places, Where } from './places.ts';
import { asMap, type Plain } from './plain.ts';
import { compareProblems, fileProblem, type Problem } from './problem.ts';
import { configSchema } from './schema.ts';
import { checkMeaning } from './semantic-checks.ts';
import type { Snapshot } from './snapshot.ts';
import { decodeSource, maxConfigBytes } from './source-text.ts';
import type { Sources } from './sources.ts';
import type { Environment } from './substitute.ts';
import { buildTree } from './tree.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-source.ts';

export type ParseResult =
  | { readonly ok: true; readonly snapshot: Snapshot }
  /** In file order, never empty. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Failure = Extract<ParseResult, { readonly ok: false }>;

export type LoadResult =
  | {
      readonly ok: true;
      readonly snapshot: Snapshot;
      /** The modules that the snapshot names. */
      readonly customAlgorithms: CustomAlgorithms;
    }
  | Failure;

/**
 * Reads and checks a configuration file, and loads the modules it names. A file that cannot be read is a problem like any
 * other; never rejects.
 *
 * @param sources told of every file that is read; null where nobody watches them.
 */
export async function loadConfig(
  file: string,
  env: Environment,
  sources: Sources | null = null,
): Promise<LoadResult> {
  let content: ConfigContent;
  try {
    content = await readConfigFile(file);
  } catch (error) {
    sources?.note(file, null, maxConfigBytes);
    return fail([fileProblem(file, `cannot be read: ${whyUnreadable(error)}`)]);
  }
  const { bytes, isFile } = content;
  sources?.note(file, isFile ? bytes : null, maxConfigBytes);
  const readFile = sources?.readValueFile ?? readValueFile;
  const read = readDocument(bytes, { file, env, readFile });
  if (!read.ok) return read;
  const { root, places } = read;
  const where: Where = (path) => places.where(root, path);
  const custom = await loadCustomAlgorithms(asMap(root), file, where, sources);
  const checks = await checkModules(asMap(root), dirname(file), sources);
  const findings = problemsOf([...custom.findings, ...checks], root, places);
  const tested = testedSnapshot(read, file);
  if (!tested.ok) return fail([...findings, ...tested.problems]);
  if (findings.length > 0) return fail(findings);
  return { ok: true, snapshot: tested.snapshot, customAlgorithms: custom.algorithms };
}

export interface ParseInput {
  /** For messages, and its folder for the paths that `…_file` keys give. */
  readonly file: string;
  readonly env: Environment;
  readonly readFile: ReadValueFile;
}

/**
 * Takes the bytes of lb.yaml to a snapshot, or to everything that is wrong with them. Problems of the encoding or the
 * YAML hide those of the content, since there is no content to look at yet; otherwise all are told at once. Modules are
 * left alone: that a file names one is all this sees.
 */
export function parseConfig(bytes: Uint8Array, input: ParseInput): ParseResult {
  const read = readDocument(bytes, input);
  return read.ok ? testedSnapshot(read, input.file) : read;
}

interface Document {
  readonly ok: true;
  /** Without findings: of type ConfigDocument. */
  readonly root: Plain;
  readonly places: Places;
}

function readDocument(bytes: Uint8Array, input: ParseInput): Document | Failure {
  const decoded = decodeSource(input.file, bytes);
  if (!decoded.ok) return fail([decoded.problem]);
  const yaml = parseYaml(decoded.source);
  if (!yaml.ok) return fail(yaml.problems);
  const { root, places, problems } = buildTree(yaml.root, configSchema, decoded.source, input);
  const findings = [...validate(root), ...checkMeaning(root, places)];
  const all = [...problems, ...problemsOf(findings, root, places)];
  return all.length > 0 ? fail(all) : { ok: true, root, places };
}

/** The snapshot of a document, if it passes its own tests: what they find follows from all the rest being right. */
function testedSnapshot({ root, places }: Document, file: string): ParseResult {
  // Exactly what the validator promises of data without findings.
  const snapshot = buildSnapshot(root as unknown as ConfigDocument, dirname(file));
  const failures = problemsOf([...checkTests(snapshot)], root, places);
  return failures.length > 0 ? fail(failures) : { ok: true, snapshot };
}

function problemsOf(findings: readonly Finding[], root: Plain, places: Places): readonly Problem[] {
  return findings
    .map((finding) => places.problemOf(root, finding))
    .filter((problem) => problem !== null);
}

function fail(problems: readonly Problem[]): Failure {
  return { ok: false, problems: problems.toSorted(compareProblems) };
}
