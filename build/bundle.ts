import { chmod, copyFile, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { readRevision } from './revision.ts';

const root = resolve(import.meta.dirname, '..');

/**
 * Functions and classes of modules that `lb start` does without in most configurations. Sources import them like any
 * other; in the bundle the first call, or `new`, loads the module. Idle memory saved: 5 MB by node:crypto, 0.7 MB by node:fs/promises.
 */
const loadedLate: Readonly<Record<string, readonly string[]>> = {
  'node:crypto': ['createHash', 'createHmac', 'randomFillSync'],
  'node:dns/promises': ['lookup', 'Resolver'],
  'node:dgram': ['createSocket'],
  'node:fs/promises': ['open', 'readdir', 'readFile', 'rename', 'rm'],
};

const loadedAtFirstCall: Plugin = {
  name: 'loaded-at-first-call',
  resolveId: (id) => (Object.hasOwn(loadedLate, id) ? `at-first-call:${id}` : null),
  load: (id) => {
    const builtin = id.replace(/^at-first-call:/, '');
    const lines = loadedLate[builtin]?.map(
      (name) =>
        `export function ${name}(...all) {
           const { ${name}: real } = process.getBuiltinModule('${builtin}');
           return new.target === undefined ? real(...all) : new real(...all);
         }`,
    );
    return lines?.join('\n') ?? null;
  },
};

/** There is neither a package.json nor a checkout beside the bundle: version and commit are compiled in. */
function compileVersionIn(commit: string | null): Plugin {
  return {
    name: 'compile-version-in',
    load: async (id) => {
      if (id !== join(root, 'src/cli/version.ts')) return null;
      const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
      return `export const readVersion = () => ${JSON.stringify(version)};
        export const readCommit = () => ${JSON.stringify(commit)};`;
    },
  };
}

/**
 * Makes of `src/main.ts` and all it imports what ships: lb.cjs and, beside it, a file for each part that not every
 * command needs, and the JSON Schema of lb.yaml. docs/adr/0004-a-bundle.md says why it looks as it does.
 *
 * @param folder what it held before is gone once the build has succeeded.
 * @param commit for `lb --version` and the log; null when nobody knows.
 */
export async function bundle(folder: string, commit: string | null): Promise<void> {
  const build = await rolldown({
    input: { lb: join(root, 'src/main.ts') },
    platform: 'node',
    // To Node this package offers CommonJS, of which nothing can be left out.
    resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') } },
    plugins: [loadedAtFirstCall, compileVersionIn(commit)],
    onLog: (_level, { message }) => {
      throw new Error(`Cannot bundle: ${message}`);
    },
  });
  await build.write({
    dir: folder,
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    codeSplitting: {
      groups: [{ name: 'config', test: /[/]src[/]config[/]|[/]node_modules[/]yaml[/]/ }],
    },
    comments: false,
  });
  await build.close();
  await copyFile(join(root, 'schema/lb.schema.json'), join(folder, 'lb.schema.json'));
  await chmod(join(folder, 'lb.cjs'), 0o755);
}

if (process.argv[1] === import.meta.filename) {
  await bundle(join(root, 'dist'), readRevision(process.env).commit);
}
