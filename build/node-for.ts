import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shippedNode } from './shipped.ts';

const root = resolve(import.meta.dirname, '..');

/**
 * The Node of the pinned version for a processor: npm has installed that of this machine; another comes from the
 * registry, and must be what package-lock.json says.
 *
 * @param arch as Node spells it: x64, arm64.
 * @param folder empty; the package is unpacked there when it is fetched.
 * @returns path of the program.
 */
export function nodeFor(arch: string, folder: string): string {
  const { name, version, integrity } = shippedNode(arch);
  const installed = join(root, 'node_modules', name, 'bin/node');
  if (existsSync(installed)) return installed;
  const spec = `${name}@${version}`;
  execFileSync('npm', ['pack', spec, '--silent', '--pack-destination', folder], { stdio: 'pipe' });
  const [archive = ''] = readdirSync(folder);
  const path = join(folder, archive);
  const digest = createHash('sha512').update(readFileSync(path)).digest('base64');
  if (`sha512-${digest}` !== integrity) {
    throw new Error(`Cannot use ${spec}: its archive is not the one of package-lock.json`);
  }
  execFileSync('tar', ['--extract', '--file', path, '--directory', folder, 'package/bin/node']);
  return join(folder, 'package/bin/node');
}
