import { readFileAgain, readValueFile } from './files.ts';
import { kinds } from './kinds.ts';
import { asMap, asText } from './plain.ts';
import { configSchema } from './schema.ts';
import { decodeSource, maxConfigBytes } from './source-text.ts';
import type { Environment } from './substitute.ts';
import { buildTree } from './tree.ts';
import { parseYaml } from './yaml-source.ts';

/**
 * What a file says under `global.control`, whatever else may be wrong with it: people who reload a file with a mistake
 * want to hear of the mistake, from the lb that they mean.
 *
 * @returns a path, `off` or `auto`; that too where the file says nothing, or nothing that can be read.
 */
export async function peekControl(file: string, env: Environment): Promise<string> {
  const bytes = await readFileAgain(file, maxConfigBytes);
  const decoded = bytes === null ? null : decodeSource(file, bytes);
  const yaml = decoded?.ok ? parseYaml(decoded.source) : null;
  if (!decoded?.ok || !yaml?.ok) return 'auto';
  const surroundings = { env, readFile: readValueFile };
  const { root } = buildTree(yaml.root, configSchema, decoded.source, surroundings);
  const said = asText(asMap(asMap(root)['global'])['control']);
  return said !== null && kinds.control.complain(said, {}) === null ? said : 'auto';
}
