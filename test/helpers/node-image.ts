import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { copyInto, librariesOf } from './bare-root.ts';
import { pathOf } from './peers.ts';

/** What the Dockerfile's build stage runs besides npm and Node. */
const PROGRAMS = ['bash', 'chmod', 'chown', 'cp', 'env', 'grep', 'mkdir'];

/** Of libc, what no program above is linked to but native modules are. */
const LIBRARIES = ['librt.so.1', 'libutil.so.1', 'libresolv.so.2'];

/** Certificates and settings of this machine, so that npm finds its registry from inside as from outside. */
const SETTINGS = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/usr/etc/npmrc',
  '/usr/local/etc/npmrc',
  '/root/.npmrc',
];

/** buildah with a store of its own, which needs neither a daemon nor overlay file systems nor namespaces. */
export class Buildah {
  readonly #store: string;

  constructor(folder: string) {
    this.#store = folder;
  }

  /** @returns standard output. @throws Error with standard error when it fails. */
  run(...args: readonly string[]): string {
    const [command = '', ...rest] = args;
    const places = ['--root', join(this.#store, 'root'), '--runroot', join(this.#store, 'run')];
    const store = [...places, '--storage-driver', 'vfs'];
    return execFileSync(pathOf('buildah'), [...store, command, ...rest], {
      encoding: 'utf8',
      env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    }).trim();
  }
}

/**
 * Makes an image that the build stage of the Dockerfile can begin from: what it runs, taken from this machine, under the
 * name that the Dockerfile uses. No registry of images is asked.
 *
 * @param folder empty.
 */
export function makeNodeImage(buildah: Buildah, folder: string, name: string): void {
  const root = join(folder, 'node-image');
  const programs = PROGRAMS.map((program) => which(program));
  for (const program of [...programs, process.execPath]) {
    const to = program === process.execPath ? '/usr/local/bin/node' : program;
    copyInto(root, realpathSync(program), to);
    for (const library of librariesOf(program)) copyInto(root, realpathSync(library), library);
  }
  const libc = dirname(
    librariesOf(process.execPath).find((path) => path.includes('/libc.so')) ?? '',
  );
  for (const library of LIBRARIES) {
    copyInto(root, realpathSync(join(libc, library)), join(libc, library));
  }
  copyInto(root, '/usr/bin/ldd', '/usr/bin/ldd'); // a script of bash
  for (const link of ['bin/sh', 'bin/bash']) {
    mkdirSync(join(root, dirname(link)), { recursive: true });
    if (!existsSync(join(root, link))) symlinkSync(which('bash'), join(root, link));
  }
  const npm = dirname(dirname(realpathSync(which('npm'))));
  cpSync(npm, join(root, 'usr/local/lib/npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  for (const file of SETTINGS) if (existsSync(file)) copyInto(root, file, file);
  mkdirSync(join(root, 'tmp'), { recursive: true, mode: 0o1777 });
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  const container = buildah.run('from', 'scratch');
  buildah.run('copy', '--quiet', container, root, '/');
  buildah.run('config', ...environment().flatMap((pair) => ['--env', pair]), container);
  buildah.run('commit', '--quiet', '--rm', container, name);
}

function environment(): readonly string[] {
  const passed = Object.entries(process.env).filter(([name]) =>
    /^(NODE_EXTRA_CA_CERTS|npm_config_registry|https?_proxy|no_proxy)$/i.test(name),
  );
  const own = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/root' };
  return [...Object.entries(own), ...passed].map(([name, value]) => `${name}=${value}`);
}

function which(program: string): string {
  return execFileSync('/bin/sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).trim();
}

/** The images that a Dockerfile's ARG names by default. */
export function defaultArgument(dockerfile: string, name: string): string {
  const value = new RegExp(`^ARG ${name}=(\\S+)$`, 'm').exec(readFileSync(dockerfile, 'utf8'))?.[1];
  if (value === undefined) throw new Error(`${dockerfile} has no ARG ${name}`);
  return value;
}
