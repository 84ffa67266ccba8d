import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { makeExecutable } from './executable.ts';
import { writeManPage } from './man-page.ts';
import { nodeFor } from './node-for.ts';
import { makePackage } from './package.ts';
import { renderBom, renderLicenses } from './papers.ts';
import { type Revision, readRevision } from './revision.ts';

const root = resolve(import.meta.dirname, '..');

export const ARCHITECTURES = ['x64', 'arm64'] as const;

/**
 * Makes all that is given out: an executable for each processor, the npm package, what systemd and man read, the bill
 * of materials, the licences, and SHA256SUMS over them. From one commit it is the same bytes on any machine.
 *
 * @param to what it held before is gone.
 */
export async function makeRelease(
  to: string,
  revision: Revision,
  architectures: readonly string[] = ARCHITECTURES,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lb-release-'));
  try {
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true });
    const bundled = join(folder, 'bundle');
    await bundle(bundled, revision.commit);
    for (const arch of architectures) {
      const nodes = join(folder, arch);
      mkdirSync(nodes);
      makeExecutable(bundled, join(to, `lb-linux-${arch}`), nodeFor(arch, nodes));
    }
    const packed = join(folder, 'package');
    makePackage(bundled, packed, revision);
    execFileSync('npm', ['pack', '--silent', '--pack-destination', to], { cwd: packed });
    writeManPage(join(to, 'lb.1'), revision);
    for (const file of ['LICENSE', 'lb.service', 'lb.socket', 'schema/lb.schema.json'])
      copyFileSync(join(root, file), join(to, basename(file)));
    writeFileSync(join(to, 'THIRD-PARTY-LICENSES.txt'), renderLicenses());
    writeFileSync(join(to, 'lb.cdx.json'), renderBom(revision));
    writeFileSync(join(to, 'SHA256SUMS'), sums(to));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `sha256sum --check` reads it. */
function sums(folder: string): string {
  const lines = readdirSync(folder)
    .sort()
    .map((file) => {
      const digest = createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex');
      return `${digest}  ${file}\n`;
    });
  return lines.join('');
}

if (process.argv[1] === import.meta.filename) {
  await makeRelease(join(root, 'dist/release'), readRevision(process.env));
}
