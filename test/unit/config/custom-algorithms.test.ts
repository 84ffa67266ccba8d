import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { configWith } from './parse.ts';

const good = `export const algorithm = {
  name: 'first',
  optionsSchema: {
    type: 'object',
    properties: { step: { type: 'integer', default: 1 } },
    additionalProperties: false,
  },
  weighted: true,
  build: (eligible, { step }) => ({ pick: () => (step - 1) % eligible.length }),
};
`;

/** Loads an lb.yaml beside which the module `a.js` lies. */
async function load(module: string, algorithm = './a.js') {
  const folder = mkdtempSync(join(tmpdir(), 'lb-custom-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'a.js'), module);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const file = join(folder, 'lb.yaml');
  writeFileSync(file, configWith({ pool: `{ algorithm: ${algorithm} }` }));
  return { folder, file, result: await loadConfig(file, {}) };
}

async function problemsWith(module: string, algorithm?: string): Promise<readonly string[]> {
  const { result } = await load(module, algorithm);
  if (result.ok) return [];
  return result.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

it('loads a module beside lb.yaml and fills in its options', async () => {
  const { result } = await load(good);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(result.snapshot.pools[0]?.algorithm).toEqual({ name: './a.js', options: { step: 1 } });
  expect(result.customAlgorithms.get('./a.js')).toMatchObject({ name: 'first', weighted: true });
});

it('gives it the options that lb.yaml has', async () => {
  const { result } = await load(good, '{ name: ./a.js, step: 3 }');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(result.snapshot.pools[0]?.algorithm.options).toEqual({ step: 3 });
});

it('loads it anew when it has changed', async () => {
  const { folder, file } = await load(good);
  writeFileSync(join(folder, 'a.js'), good.replace("name: 'first'", "name: 'second'"));
  const again = await loadConfig(file, {});
  expect(again.ok && again.customAlgorithms.get('./a.js')?.name).toBe('second');
});

it.each([
  ['export const x = 1;', 'it exports x; needs an object `algorithm` with name, optionsSchema'],
  ['', 'it exports nothing; needs an object `algorithm`'],
  ['export const algorithm = null;', 'it exports algorithm; needs an object `algorithm`'],
  [good.replace("name: 'first',", ''), 'its `name` is no text'],
  [good.replace('weighted: true', 'weighted: 1'), 'its `weighted` is neither true nor false'],
  [good.replace('optionsSchema: {', 'schema: {'), 'its `optionsSchema` is no object'],
  [good.replace('build:', 'built:'), 'its `build` is no function'],
  [good.replace('build:', 'key: 1, build:'), 'its `key` is no function'],
  [good.replace("type: 'integer'", "type: 'number of'"), 'its optionsSchema is no JSON Schema: '],
  ['throw new Error("no luck")', 'it threw when it was loaded: Error: no luck'],
  ['export const = 1', 'it threw when it was loaded: '],
  [
    good.replace('% eligible.length', '+ 1'),
    'with 1 backends its pick() answered 1; needs a whole number from 0 to 0',
  ],
  [
    good.replace('({ pick:', '({ choose:'),
    'its build() answered no picker; needs an object with pick(key)',
  ],
  [
    good.replace('({ pick:', 'oops.pick || ({ pick:'),
    'it threw in a trial: ReferenceError: oops is not defined',
  ],
  [
    good.replace('build:', 'key: () => ({ of: "ip" }), build:'),
    'its key().of is "ip"; needs one of client_ip, path, header, cookie, query',
  ],
  [
    good.replace('build:', 'key: () => ({ of: "path", name: "", ipv6Prefix: 0 }), build:'),
    'its key().ipv6Prefix is no whole number from 1 to 128',
  ],
])('refuses %j, at its place in lb.yaml', async (module, complaint) => {
  expect(await problemsWith(module)).toEqual([
    expect.stringMatching(/^5:21: pools\.web\.algorithm: "\.\/a\.js" cannot be used: /),
  ]);
  expect(await problemsWith(module)).toEqual([expect.stringContaining(complaint)]);
});

it('refuses options that the schema of the module refuses', async () => {
  expect(await problemsWith(good, '{ name: ./a.js, step: x, stop: 1 }')).toEqual([
    expect.stringContaining('pools.web.algorithm.step: must be integer'),
    expect.stringContaining('pools.web.algorithm.stop: unknown option'),
  ]);
});

it('refuses one whose key a TCP session has not', async () => {
  const module = good.replace(
    'build:',
    'key: () => ({ of: "path", name: "", ipv6Prefix: 128 }), build:',
  );
  const { file } = await load(module);
  expect((await loadConfig(file, {})).ok).toBe(true);
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace('pools:', '  - { bind: ":81", protocol: tcp, pool: web }\npools:'),
  );
  const result = await loadConfig(file, {});
  expect(!result.ok && result.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining(
      'pools.web.algorithm: "path" is a part of HTTP requests, and the listener on line 4',
    ),
  ]);
});

it('says that there is no such module', async () => {
  expect(await problemsWith(good, './b.js')).toEqual([
    expect.stringContaining(
      '"./b.js" cannot be used: it cannot be read: there is no such file (ENOENT)',
    ),
  ]);
});

it('runs no module of a file that is wrong elsewhere', async () => {
  const module = 'globalThis.lbTestModuleRan = true;';
  expect(await problemsWith(module, './a.js, retries: 7')).toHaveLength(1);
  expect('lbTestModuleRan' in globalThis).toBe(false);
});
