import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { type LbConfig, webConfig } from '../helpers/lb-config.ts';
import { type ReloadLine, startReloadable } from '../helpers/reloadable-lb.ts';
import { runLb } from '../helpers/start-lb.ts';

/** Told apart by the weight of a backend that nobody ever asks. */
const configOf = (weight: number): LbConfig =>
  webConfig([], { pool: { backends: [{ address: '127.0.0.1:1', weight }] } });

async function startWatched() {
  const reloadable = await startReloadable(configOf(1), ['--watch']);
  const { lb, path } = reloadable;
  /** The line about the reload with this number, from 1. */
  const outcome = async (number: number): Promise<ReloadLine> => {
    const about = () => lb.lines.filter(({ msg }) => msg?.startsWith('reload'));
    await expect.poll(() => about().length).toBeGreaterThanOrEqual(number);
    return about()[number - 1] as ReloadLine; // as the message says
  };
  const textOf = (weight: number) =>
    JSON.stringify({ ...configOf(weight), global: { admin: { bind: '127.0.0.1:0' } } });
  const write = (config: LbConfig) => reloadable.write(config);
  return { lb, path, outcome, write, textOf };
}

it('reloads by itself, whatever way another content comes to the path', async () => {
  const { lb, path, outcome, write, textOf } = await startWatched();
  write(configOf(2));
  expect(await outcome(1)).toMatchObject({ msg: 'reloaded', generation: 2 });
  expect(await lb.line({ msg: 'the configuration has changed on disk' })).toMatchObject({
    files: [path],
  });

  writeFileSync(`${path}~`, textOf(3));
  renameSync(`${path}~`, path);
  expect(await outcome(2)).toMatchObject({ msg: 'reloaded', generation: 3 });

  const data = join(dirname(path), '..data');
  for (const [version, weight] of [
    ['..1', 4],
    ['..2', 5],
  ] as const) {
    mkdirSync(join(dirname(path), version));
    writeFileSync(join(dirname(path), version, 'lb.yaml'), textOf(weight));
    symlinkSync(version, `${data}_tmp`);
    renameSync(`${data}_tmp`, data);
    if (weight === 4) {
      symlinkSync('..data/lb.yaml', `${path}~`);
      renameSync(`${path}~`, path);
    }
    expect(await outcome(weight - 1)).toMatchObject({ msg: 'reloaded', generation: weight });
  }
  expect(await lb.stop()).toBe(0);
});

it('says once what is wrong with a broken file, or that it is gone, and takes the mended one', async () => {
  const { lb, path, outcome, write } = await startWatched();
  writeFileSync(path, 'listeners: [');
  const broken = await outcome(1);
  expect(broken).toMatchObject({ level: 'error', generation: 1 });
  expect(broken.problems?.join('')).toContain('YAML');
  write(configOf(2));
  expect(await outcome(2)).toMatchObject({ msg: 'reloaded', generation: 2 });
  rmSync(path);
  expect((await outcome(3)).problems?.join('')).toContain('there is no such file');
  write(configOf(2));
  expect(await outcome(4)).toMatchObject({ msg: 'reloaded: nothing changed', generation: 2 });
  // Nothing was told twice.
  expect(lb.lines.filter(({ msg }) => msg?.startsWith('reload'))).toHaveLength(4);
});

it('refuses to watch what cannot be read twice', async () => {
  const { code, stderr } = await runLb(['start', '--watch', '-c', '/dev/null']);
  expect(code).toBe(2);
  expect(stderr).toContain('Cannot watch /dev/null: it is no regular file; start without --watch');
});
