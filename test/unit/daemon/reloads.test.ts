import { describe, expect, it, onTestFinished } from 'vitest';
import type { LoadResult } from '../../../src/config/load.ts';
import { fileProblem } from '../../../src/config/problem.ts';
import { Daemon } from '../../../src/daemon/daemon.ts';
import { OperationalLog } from '../../../src/daemon/log.ts';
import type { Outputs } from '../../../src/daemon/outputs.ts';
import { Reloads } from '../../../src/daemon/reload.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';
import { snapshotOf } from '../config/parse.ts';

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly problems?: readonly string[];
}

/** A daemon, and reloads whose file is read when the test says so, with what it says. */
async function startReloads() {
  const folder = makeTempDir();
  const lines: LogLine[] = [];
  const write = (line: Buffer) => lines.push(JSON.parse(line.toString())) > 0;
  const log = new OperationalLog('info', { write });
  const outputs: Outputs = {
    log,
    accessLog: { write: () => true },
    prepare: () => ({ commit() {}, abort() {} }),
  };
  const config = (pool: string): LoadResult => ({
    ok: true,
    snapshot: snapshotOf(
      `global: { admin: off }\nlisteners: [{ name: web, bind: "unix:${folder}/web.sock", pool: app }]\n` +
        `pools: { app: { health_check: off, backends: [${pool}] } }\n`,
    ),
    customAlgorithms: new Map(),
  });
  const first = config('"127.0.0.1:1"');
  if (!first.ok) throw new Error('It is');
  const daemon = await Daemon.start(first, { version: 'test', openFiles: Infinity, outputs });
  onTestFinished(() => daemon.stop(AbortSignal.abort()).then(() => undefined));
  const reads: ((result: LoadResult) => void)[] = [];
  const load = () => new Promise<LoadResult>((resolve) => reads.push(resolve));
  const told = () => lines.filter(({ msg }) => msg.startsWith('reload'));
  return { daemon, config, reads, told, reloads: new Reloads(daemon, load, log) };
}

describe('Reloads', () => {
  it('makes one of all reloads that are asked for while another is under way', async () => {
    const { config, daemon, reads, reloads } = await startReloads();
    const first = reloads.reload();
    const [second, third] = [reloads.reload(), reloads.reload()];
    expect(reads).toHaveLength(1);
    reads[0]!(config('"127.0.0.1:2"'));
    expect(await first).toMatchObject({ outcome: 'changed', generation: 2 });
    await expect.poll(() => reads.length).toBe(2);
    const fourth = reloads.reload();
    reads[1]!(config('"127.0.0.1:3"'));
    expect(await second).toMatchObject({ outcome: 'changed', generation: 3 });
    expect(await third).toBe(await second);
    await expect.poll(() => reads.length).toBe(3);
    reads[2]!(config('"127.0.0.1:3"'));
    expect(await fourth).toEqual({ outcome: 'unchanged', generation: 3 });
    expect(daemon.pools[0]!.backends.map(({ name }) => name)).toEqual(['127.0.0.1:3']);
  });

  it('tells of each what came of it, in one line and in what is measured', async () => {
    const { config, daemon, reads, reloads, told } = await startReloads();
    const results: readonly (readonly [LoadResult, boolean, string])[] = [
      [config('"127.0.0.1:2"'), true, 'info: reloaded'],
      [config('"127.0.0.1:2"'), true, 'info: reloaded: nothing changed'],
      [
        { ok: false, problems: [fileProblem('lb.yaml', 'is wrong')] },
        false,
        'error: reload refused, nothing changed: correct the configuration (lb check shows the same) and reload again',
      ],
    ];
    for (const [index, [result, succeeded, line]] of results.entries()) {
      const done = reloads.reload();
      reads[index]!(result);
      await done;
      expect(daemon.reloads).toMatchObject({ succeeded, generation: 2 });
      expect(told().map(({ level, msg }) => `${level}: ${msg}`)[index]).toBe(line);
    }
    expect(told().at(-1)?.problems).toEqual(['lb.yaml: is wrong\n']);
    expect(told()).toHaveLength(3);
  });

  it('changes nothing any more once lb is stopping', async () => {
    const { config, daemon, reads, reloads } = await startReloads();
    const done = reloads.reload();
    await daemon.stop(AbortSignal.abort());
    reads[0]!(config('"127.0.0.1:2"'));
    expect(await done).toEqual({
      outcome: 'failed',
      message: 'Cannot change the configuration: lb is stopping',
    });
    expect(daemon.pools[0]!.backends.map(({ name }) => name)).toEqual(['127.0.0.1:1']);
  });
});
