import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { type ConfigPart, type LbConfig, webConfig } from '../helpers/lb-config.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { type ReloadLine, startReloadable } from '../helpers/reloadable-lb.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { runLb } from '../helpers/start-lb.ts';
import { type Load, startLoad } from '../helpers/start-load.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';
import { invalidConfigurations, modules } from './invalid/configurations.ts';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere';

/** Where it is, what is wrong there, and what to do about it or what is allowed. */
const HELPFUL = /^\S*lb\.yaml(:\d+:\d+)?: .{8,}(; |needs |must |Missing ).{3,}/s;

/** lb under load that is never to fail; its generation must stay the first. */
async function startUnderLoad() {
  const backend = await startBackend({ kind: 'answer', bytes: PAGE });
  const good = webConfig([backend.address]);
  const reloadable = await startReloadable(good);
  const load = startLoad(reloadable.lb.address('web'));
  await load.more(20);
  return { good, reloadable, load };
}

async function expectUntouched(load: Load, { generation }: ReloadLine, kind: string) {
  expect(generation, kind).toBe(1);
  await load.more(3);
  expect(load.lost, kind).toEqual([]);
}

it('changes nothing for any kind of invalid file, under load, and says what to do', async () => {
  expect(invalidConfigurations.length).toBeGreaterThanOrEqual(100);
  const { good, reloadable, load } = await startUnderLoad();
  const { lb, path } = reloadable;
  for (const [name, text] of Object.entries(modules)) {
    writeFileSync(join(dirname(path), name), text);
  }
  for (const [kind, content, said] of invalidConfigurations) {
    writeFileSync(path, content);
    const line = await reloadable.answerTo('refused');
    for (const problem of line.problems ?? []) expect(problem, kind).toMatch(HELPFUL);
    expect(line.problems?.join(''), kind).toContain(said);
    await expectUntouched(load, line, kind);
  }
  const metrics = await readMetrics(lb);
  expect(metrics.sum('config_last_reload_success')).toBe(0);
  expect(metrics.sum('config_generation')).toBe(1);
  // The last of them, as whoever looks for the mistake sees it.
  const checked = await runLb(['check', '-c', path]);
  const last = lb.lines.findLast(({ msg }) => msg?.startsWith('reload refused')) as ReloadLine;
  expect(checked.stderr).toContain(last.problems?.join(''));
  expect(await reloadable.reloadSame(good)).toMatchObject({ generation: 1 });
  expect((await readMetrics(lb)).sum('config_last_reload_success')).toBe(1);
  await load.stop();
  expect(load.lost).toEqual([]);
}, 120_000);

it('changes nothing when the file is gone, or cannot be read', async () => {
  const { good, reloadable, load } = await startUnderLoad();
  const { path } = reloadable;
  const become: readonly (readonly [kind: string, change: () => void])[] = [
    ['gone', () => rmSync(path)],
    // Unreadable even for root.
    ['a folder', () => mkdirSync(path)],
    ['a link to itself', () => symlinkSync(path, path)],
    ['a link to nowhere', () => symlinkSync(`${path}.none`, path)],
  ];
  for (const [kind, change] of become) {
    rmSync(path, { recursive: true, force: true });
    if (kind === 'gone') writeFileSync(path, '');
    change();
    const line = await reloadable.answerTo('refused');
    expect(line.problems?.join(''), kind).toContain('cannot be read');
    await expectUntouched(load, line, kind);
  }
  rmSync(path);
  expect(await reloadable.reloadSame(good)).toMatchObject({ generation: 1 });
});

it('changes nothing for what cannot be had, under load, and says what is needed', async () => {
  const { good, reloadable, load } = await startUnderLoad();
  const other = await startBackend({ kind: 'answer', bytes: PAGE });
  const missing = join(makeTempDir(), 'missing');
  const also = (bind: string): LbConfig => ({
    ...good,
    listeners: [...good.listeners, { name: 'also', bind, pool: 'app' }],
  });
  const global = (part: ConfigPart): LbConfig => ({ ...good, global: part });
  const unavailable: readonly (readonly [kind: string, config: LbConfig, said: RegExp])[] = [
    ['a taken port', also(other.address), /^Cannot bind listener "also" to .*: EADDRINUSE; .{8,}/],
    ['an address of another machine', also('192.0.2.1:80'), /EADDRNOTAVAIL; .{8,}/],
    ['a socket in a folder that is missing', also(`unix:${missing}/x`), /Cannot bind .*; .{8,}/],
    ['a taken port for admin', global({ admin: { bind: other.address } }), /"admin".*EADDRINUSE; /],
    ['no folder for the log', global({ log: { output: `${missing}/a` } }), /ENOENT; needs a file/],
    ['no folder for access', global({ access_log: { output: `${missing}/a` } }), /ENOENT; needs/],
    ['a folder as the log', global({ log: { output: dirname(missing) } }), /EISDIR; needs a file/],
  ];
  for (const [kind, config, said] of unavailable) {
    const line = await reloadable.reloadFailed(config);
    expect(line.why, kind).toMatch(said);
    await expectUntouched(load, line, kind);
  }
  expect((await readMetrics(reloadable.lb)).sum('config_last_reload_success')).toBe(0);
  expect(await reloadable.reload(also('127.0.0.1:0'))).toMatchObject({ generation: 2 });
  expect((await readMetrics(reloadable.lb)).sum('config_last_reload_success')).toBe(1);
});
