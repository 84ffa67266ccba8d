import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { parsePage } from '../docs/markdown.ts';
import { mayRunPages, runPage } from '../docs/run-page.ts';
import { stepsOf } from '../docs/steps.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`),
].filter((file) => file.endsWith('.md'));

const dist = mkdtempSync(join(tmpdir(), 'lb-docs-'));
beforeAll(() => bundle(dist, null));
afterAll(() => rmSync(dist, { recursive: true }));

it('finds pages to follow', () => expect(pages.length).toBeGreaterThan(5));

describe.runIf(mayRunPages())('a reader', () => {
  it.each(pages)('gets from %s what it says', { timeout: 90_000 }, async (page) => {
    const steps = stepsOf(parsePage(readFileSync(join(root, page), 'utf8')));
    expect(await runPage(steps, dist)).toEqual([]);
  });
});
