import { resolve } from 'node:path';
import { importCheck } from '../health/module-check.ts';
import { checkPlaces } from './check-health.ts';
import { isModulePath } from './module-path.ts';
import type { Finding } from './places.ts';
import { asText, type PlainMap } from './plain.ts';
import { readModule } from './read-module.ts';
import type { Sources } from './sources.ts';

/**
 * Loads every module that a health check names, so that one which cannot be loaded is a problem of the file rather than
 * of some later moment. Writes under `content` of the check which content that was: a check whose module has changed is
 * another check.
 *
 * @param root checked.
 * @param folder that relative paths start at.
 * @param sources told of the modules.
 */
export async function checkModules(
  root: PlainMap,
  folder: string,
  sources: Sources | null,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [path, check] of checkPlaces(root)) {
    const type = asText(check['type']) ?? '';
    if (!isModulePath(type)) continue;
    try {
      const file = resolve(folder, type);
      const content = await readModule(file, sources);
      await importCheck(file, content);
      check['content'] = content;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `cannot be loaded: ${why}; needs a module that exports a function named probe`;
      findings.push({ path: [...path, 'type'], at: 'value', message });
    }
  }
  return findings;
}
