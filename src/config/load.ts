import { buildSnapshot } from './build-snapshot.ts';
import type { ConfigDocument } from './config-document.ts';
import { type ReadValueFile, readConfigFile, readValueFile, whyUnreadable } from './files.ts';
import { compareProblems, fileProblem, type Problem } from './problem.ts';
import { configSchema } from './schema.ts';
import { checkMeaning } from './semantic-checks.ts';
import type { Snapshot } from './snapshot.ts';
import { decodeSource } from './source-text.ts';
import type { Environment } from './substitute.ts';
import { buildTree } from './tree.ts';
import { validate } from './validate.ts';
import { parseYaml } from './yaml-source.ts';

export type LoadResult =
  | { readonly ok: true; readonly snapshot: Snapshot }
  /** In file order, never empty. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads and checks a configuration file. A file that cannot be read is a problem like any other; never rejects. */
export async function loadConfig(file: string, env: Environment): Promise<LoadResult> {
  let bytes: Uint8Array;
  try {
    bytes = await readConfigFile(file);
  } catch (error) {
    return fail([fileProblem(file, `cannot be read: ${whyUnreadable(error)}`)]);
  }
  return parseConfig(bytes, { file, env, readFile: readValueFile });
}

export interface ParseInput {
  /** For messages, and its folder for the paths that `…_file` keys give. */
  readonly file: string;
  readonly env: Environment;
  readonly readFile: ReadValueFile;
}

/**
 * Takes the bytes of lb.yaml to a snapshot, or to everything that is wrong with them. Problems of the encoding or the
 * YAML hide those of the content, since there is no content to look at yet; otherwise all are told at once.
 */
export function parseConfig(bytes: Uint8Array, input: ParseInput): LoadResult {
  const decoded = decodeSource(input.file, bytes);
  if (!decoded.ok) return fail([decoded.problem]);
  const yaml = parseYaml(decoded.source);
  if (!yaml.ok) return fail(yaml.problems);
  const { root, places, problems } = buildTree(yaml.root, configSchema, decoded.source, input);
  const findings = [...validate(root), ...checkMeaning(root, places)];
  const found = findings.map((finding) => places.problemOf(root, finding));
  const all = [...problems, ...found.filter((problem) => problem !== null)];
  if (all.length > 0) return fail(all);
  // Exactly what the validator promises of data without findings.
  return { ok: true, snapshot: buildSnapshot(root as unknown as ConfigDocument) };
}

function fail(problems: readonly Problem[]): LoadResult {
  return { ok: false, problems: problems.toSorted(compareProblems) };
}
