import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, parsePage } from '../../docs/markdown.ts';

const root = resolve(import.meta.dirname, '../../..');
const files = globSync(['*.md', '{docs,examples,bench,test}/**/*.md'], { cwd: root })
  .filter((file) => !file.startsWith('test/wire/')) // bytes of HTTP, no documentation
  .toSorted();
const pages = new Map(
  files.map((file) => [file, parsePage(readFileSync(join(root, file), 'utf8'))]),
);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

it('finds pages to check', () => expect(files.length).toBeGreaterThan(15));

describe.each(files)('%s', (file) => {
  const page = pages.get(file)!; // one of them

  it('links to files and headings that exist', () => {
    const inside = page.links.filter(({ target }) => !/^(https?|mailto):/.test(target));
    expect(inside.filter(({ target }) => !leadsSomewhere(file, target))).toEqual([]);
  });

  it('names files and scripts that exist', () => {
    const code = page.prose.flatMap((text) =>
      [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    const paths = code.filter((name) =>
      /^(src|test|bench|build|docs|examples|schema)\/[\w./-]+$/.test(name),
    );
    expect(paths.filter((path) => !isFile(path))).toEqual([]);
    const run = code.flatMap((name) => /^npm run ([\w:]+)/.exec(name)?.[1] ?? []);
    expect(run.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

it('leads from README.md to every page of docs', () => {
  const linked = pages.get('README.md')?.links.map(({ target }) => target.replace(/#.*/, ''));
  const all = files.filter((file) => /^docs\/[^/]+\.md$/.test(file));
  expect(all.filter((file) => !linked?.includes(file))).toEqual([]);
});

function leadsSomewhere(from: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : relative(root, resolve(root, dirname(from), path));
  if (!existsSync(join(root, file))) return false;
  const page = pages.get(file);
  return anchor === undefined || (page !== undefined && anchorsOf(page).has(anchor));
}

/** Prose leaves the end of file names away: `transport/plain`. */
function isFile(path: string): boolean {
  return existsSync(join(root, path)) || existsSync(join(root, `${path}.ts`));
}
