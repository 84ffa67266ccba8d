import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SOURCES = resolve(import.meta.dirname, '../../src');
const LOADED = ['cli/command-line.ts', 'cli/start.ts', 'cli/check.ts', 'daemon/run.ts'];

/**
 * Runs once before the integration tests, which start lb from its sources hundreds of times: lets Node.js keep what it
 * makes of them, and make it once, so that a start costs 0.16 s of CPU rather than 0.42. It is kept for this run only,
 * and by content.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'lb-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = folder; // the workers have it from here
  const imports = LOADED.map((file) => `import ${JSON.stringify(join(SOURCES, file))};`);
  // Kept when a process leaves by itself, which most of those under test do not.
  spawnSync(process.execPath, ['--input-type=module', '--eval', imports.join('\n')]);
  return () => rmSync(folder, { recursive: true });
}
