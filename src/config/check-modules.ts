import { resolve } from 'node:path';
import { importCheck } from '../health/module-check.ts';
import { checkPlaces } from './check-health.ts';
import { isModulePath } from './module-path.ts';
import type { Finding } from './places.ts';
import { asText, type PlainMap } from './plain.ts';

/**
 * Loads every module that lb.yaml names, so that one which cannot be loaded is a problem of the file rather than of
 * some later moment. Node keeps what is loaded: changes of a module take a restart.
 *
 * @param folder that relative paths start at.
 */
export async function checkModules(root: PlainMap, folder: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [path, check] of checkPlaces(root)) {
    const type = asText(check['type']) ?? '';
    if (!isModulePath(type)) continue;
    try {
      await importCheck(resolve(folder, type));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `cannot be loaded: ${why}; needs a module that exports a function named probe`;
      findings.push({ path: [...path, 'type'], at: 'value', message });
    }
  }
  return findings;
}
