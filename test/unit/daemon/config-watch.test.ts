import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { Sources } from '../../../src/config/sources.ts';
import { ConfigWatch } from '../../../src/daemon/config-watch.ts';
import { OperationalLog } from '../../../src/daemon/log.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

const config = (port: number, more = '') =>
  `listeners: [{ bind: ":80", pool: app${more} }]\npools: { app: { backends: ["10.0.0.1:${port}"] } }\n`;

/** A watch of `lb.yaml` in a folder: what it has told, and what each of its reloads read. */
async function startWatch(folder = makeTempDir(), text = config(1)) {
  const file = join(folder, 'lb.yaml');
  if (text !== '') writeFileSync(file, text);
  const read: (number | string)[] = [];
  const told: string[][] = [];
  let sources = new Sources();
  const load = async () => {
    sources = new Sources();
    return loadConfig(file, {}, sources);
  };
  const log = new OperationalLog('info', {
    write: (line) => told.push(JSON.parse(line.toString()).files) > 0,
  });
  const reload = async () => {
    const result = await load();
    if (!result.ok) return read.push(result.problems[0]!.message); // never empty
    const { address } = result.snapshot.pools[0]!.backends[0]!; // as the text above has it
    return read.push(address.kind === 'tcp' ? address.port : address.path);
  };
  await load();
  const watch = new ConfigWatch({ sources: () => sources.files, reload, log });
  return { folder, file, read, told, watch, load };
}

it('does nothing while nothing changes, or only the time stamps do', async () => {
  const { file, read, watch } = await startWatch();
  for (let look = 0; look < 3; look++) await watch.look();
  writeFileSync(file, config(1));
  utimesSync(file, 1, 1);
  for (let look = 0; look < 3; look++) await watch.look();
  expect(read).toEqual([]);
});

it('takes a change with the second look that finds it, once', async () => {
  const { file, read, told, watch } = await startWatch();
  writeFileSync(file, config(2));
  await watch.look();
  expect(read).toEqual([]);
  for (let look = 0; look < 4; look++) await watch.look();
  expect(read).toEqual([2]);
  expect(told).toEqual([[file]]);
});

it('does not take a file that is still being written', async () => {
  const { file, read, watch } = await startWatch();
  writeFileSync(file, '');
  for (const line of config(3).split(/(?<=\n)/)) {
    await watch.look();
    appendFileSync(file, line);
  }
  await watch.look();
  expect(read).toEqual([]);
  await watch.look();
  expect(read).toEqual([3]);
});

it('sees another content of the same size and the same time of change', async () => {
  const { file, read, watch } = await startWatch();
  const { mtime } = statSync(file);
  await watch.look();
  for (const port of [2, 3]) {
    writeFileSync(file, config(port));
    utimesSync(file, mtime, mtime);
    await watch.look();
    await watch.look();
  }
  expect(read).toEqual([2, 3]);
});

it('sees a file that was renamed over it', async () => {
  const { file, read, watch } = await startWatch();
  writeFileSync(`${file}.new`, config(4));
  renameSync(`${file}.new`, file);
  await watch.look();
  await watch.look();
  expect(read).toEqual([4]);
});

it('sees a folder that a symbolic link leads to from now on, as Kubernetes exchanges it', async () => {
  const folder = makeTempDir();
  const publish = (version: string, port: number) => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'lb.yaml'), config(port));
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  publish('..1', 1);
  symlinkSync('..data/lb.yaml', join(folder, 'lb.yaml'));
  const { read, watch } = await startWatch(folder, '');
  publish('..2', 5);
  rmSync(join(folder, '..1'), { recursive: true });
  await watch.look();
  await watch.look();
  expect(read).toEqual([5]);
});

it('tells of a broken file once, and takes the mended one', async () => {
  const { file, read, watch } = await startWatch();
  writeFileSync(file, 'listeners: [');
  for (let look = 0; look < 4; look++) await watch.look();
  writeFileSync(file, config(1));
  for (let look = 0; look < 4; look++) await watch.look();
  expect(read).toEqual([expect.stringContaining('YAML'), 1]);
});

it('tells once that the file is gone, and takes it when it is back', async () => {
  const { file, read, watch } = await startWatch();
  rmSync(file);
  for (let look = 0; look < 4; look++) await watch.look();
  writeFileSync(file, config(1));
  for (let look = 0; look < 4; look++) await watch.look();
  expect(read).toEqual([expect.stringContaining('there is no such file'), 1]);
});

it('watches the files that values and modules come from, those that are missing included', async () => {
  const folder = makeTempDir();
  const text = `listeners: [{ bind: ":80", pool: app }]
pools: { app: { backends: ["10.0.0.1:1"], slow_start_file: ./slow, health_check: { type: ./check.js },
  algorithm: ./pick.js } }
`;
  const pick =
    'export const algorithm = { name: "p", optionsSchema: { type: "object" }, weighted: false, build: () => ({ pick: () => 0 }) };';
  writeFileSync(join(folder, 'check.js'), 'export const probe = () => undefined;');
  writeFileSync(join(folder, 'pick.js'), pick);
  const { read, told, watch } = await startWatch(folder, text);
  writeFileSync(join(folder, 'slow'), '1s');
  for (let look = 0; look < 3; look++) await watch.look();
  expect(read).toEqual([1]); // its modules have been looked at by now
  for (const [name, content] of [
    ['slow', '2s'],
    ['check.js', 'export const probe = () => 1;'],
    ['pick.js', `${pick}\n`],
  ] as const) {
    writeFileSync(join(folder, name), content);
    for (let look = 0; look < 3; look++) await watch.look();
  }
  expect(read).toEqual([1, 1, 1, 1]);
  const names = ['slow', 'slow', 'check.js', 'pick.js'];
  expect(told).toEqual(names.map((name) => [join(folder, name)]));
});

it('leaves to a reload that was asked for what that has read', async () => {
  const { file, read, watch, load } = await startWatch();
  writeFileSync(file, config(2));
  await watch.look();
  await load();
  for (let look = 0; look < 3; look++) await watch.look();
  expect(read).toEqual([]);
});

it('reloads no more once it is stopped', async () => {
  const { file, read, watch } = await startWatch();
  writeFileSync(file, config(2));
  await watch.look();
  watch.stop();
  await watch.look();
  expect(read).toEqual([]);
});
