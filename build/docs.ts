import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildJsonSchema } from './reference/json-schema.ts';
import { reasonsPage } from './reference/reasons-page.ts';
import { fillTables } from './reference/tables.ts';

const root = resolve(import.meta.dirname, '..');

/** A file that `npm run docs` writes, out of what it holds now. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  generate(before: string): string;
}

/** All that is made from the schema, its descriptions and the guide to reasons. A test sees to it that each is as it would be made now. */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'docs/configuration.md', generate: fillTables },
  { path: 'docs/reasons.md', generate: reasonsPage },
  {
    path: 'schema/lb.schema.json',
    generate: () => `${JSON.stringify(buildJsonSchema(), null, 2)}\n`,
  },
];

async function writeAll(): Promise<void> {
  for (const { path, generate } of generatedFiles) {
    const file = join(root, path);
    const before = await readFile(file, 'utf8').catch(() => ''); // the first time there is none
    await writeFile(file, generate(before));
  }
}

if (process.argv[1] === import.meta.filename) await writeAll();
