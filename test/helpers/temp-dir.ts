import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder for one test, removed with its content when the test ends. */
export function makeTempDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'lb-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
