import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** A package whose code is part of what ships. */
export interface Shipped {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
  /** Of the archive in the registry, as package-lock.json has it: `sha512-` and base64. */
  readonly integrity: string;
  /** Names of what it needs in its turn. */
  readonly needs: readonly string[];
}

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

function readLock(): Lock {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
}

/** What is bundled: all that run-time dependencies lead to, by name. */
export function shippedPackages(): readonly Shipped[] {
  const lock = readLock();
  const found = new Map<string, Shipped>();
  const open = Object.keys(lock.packages['']?.dependencies ?? {});
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const entry = lockedPackage(lock, name);
    found.set(name, entry);
    open.push(...entry.needs);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The packages that carry Node for a processor; every executable has one of them inside. */
export function shippedNode(arch: string): Shipped {
  return lockedPackage(readLock(), `node-linux-${arch}`);
}

/** @throws Error when package-lock.json does not tell all: what ships could not be told, either. */
function lockedPackage(lock: Lock, name: string): Shipped {
  const {
    version,
    license = '',
    integrity,
    dependencies = {},
  } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) {
    throw new Error(`Cannot tell what ships: package-lock.json has no whole entry of ${name}`);
  }
  return { name, version, license, integrity, needs: Object.keys(dependencies).sort() };
}

/** What a package says about its licence. @throws Error when it says nothing. */
export function licenseText(name: string): string {
  const folder = join(root, 'node_modules', name);
  const file = existsSync(folder)
    ? readdirSync(folder).find((candidate) => /^licen[cs]e(\.\w+)?$/i.test(candidate))
    : undefined;
  if (file === undefined) throw new Error(`Cannot find the licence of ${name} in ${folder}`);
  return readFileSync(join(folder, file), 'utf8').trim();
}
