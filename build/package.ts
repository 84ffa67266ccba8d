import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeManPage } from './man-page.ts';
import { renderLicenses } from './papers.ts';
import type { Revision } from './revision.ts';

const root = resolve(import.meta.dirname, '..');

/** What a module of an operator's own is written against: the name it is imported by, and the source, which imports nothing. */
const CONTRACTS = {
  algorithm: 'src/balancing/algorithm.ts',
  'health-check': 'src/health/check-function.ts',
} as const;

/**
 * Makes the folder of the npm package: the bundle, the JSON Schema of lb.yaml, the manual page and the types of the contracts. It depends on nothing,
 * since the bundle has its dependencies inside; Node is the host's.
 *
 * @param from folder of the bundle.
 * @param to what it held before is gone.
 */
export function makePackage(from: string, to: string, revision: Revision): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from).filter((name) => /\.(cjs|json)$/.test(name))) {
    copyFileSync(join(from, file), join(to, file));
  }
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE'])
    copyFileSync(join(root, file), join(to, file));
  writeFileSync(join(to, 'THIRD-PARTY-LICENSES.txt'), renderLicenses());
  writeManPage(join(to, 'lb.1'), revision);
  writeTypes(to);
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
}

function manifest() {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { name, version, description, license, engines } = own;
  const exported = Object.keys(CONTRACTS).map((contract) => [
    `./${contract}`,
    { types: `./${contract}.d.ts` },
  ]);
  return {
    name,
    version,
    description,
    license,
    engines,
    bin: { lb: 'lb.cjs' },
    man: 'lb.1',
    exports: Object.fromEntries(exported),
  };
}

function writeTypes(to: string): void {
  const folder = join(to, 'types');
  const sources = Object.values(CONTRACTS).map((source) => join(root, source));
  const options = [
    '--ignoreConfig',
    '--declaration',
    '--emitDeclarationOnly',
    '--target',
    'es2023',
  ];
  const modules = ['--module', 'nodenext', '--rootDir', join(root, 'src'), '--types', 'node'];
  const tsc = join(root, 'node_modules/.bin/tsc');
  execFileSync(tsc, [...options, ...modules, '--outDir', folder, ...sources], { stdio: 'inherit' });
  for (const [contract, source] of Object.entries(CONTRACTS)) {
    const emitted = source.replace(/^src\//, '').replace(/\.ts$/, '.d.ts');
    copyFileSync(join(folder, emitted), join(to, `${contract}.d.ts`));
  }
  rmSync(folder, { recursive: true });
}
