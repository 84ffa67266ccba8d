import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parseState, type State } from '../../src/state/state-document.ts';
import { type ConfigPart, type LbConfig, webConfig } from '../helpers/lb-config.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startEchoBackend, startHttpBackend } from '../helpers/start-http-backend.ts';
import { type Lb, startLb } from '../helpers/start-lb.ts';
import { startLoad } from '../helpers/start-load.ts';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const WRITER = resolve(import.meta.dirname, '../helpers/write-states.ts');

it('leaves a file that loads, whole, whenever its writer is killed', async () => {
  const path = join(makeTempDir(), 'state.json');
  const lengths = new Set<number>();
  for (let round = 0; round < 16; round++) {
    const writer = startProcess(process.execPath, [WRITER, path]);
    // Killed in the middle of whatever comes after so many writes.
    await writer.until(new RegExp(`\\.{${6 + round}}`));
    writer.kill('SIGKILL');
    await writer.exited;
    const { backends } = parseState(readFileSync(path, 'utf8'));
    expect(backends.every(({ pool }) => pool === `of ${backends.length}`)).toBe(true);
    lengths.add(backends.length);
  }
  expect(lengths.size).toBeGreaterThan(1);
});

/** A pool that keeps its state in a folder of its own. */
function stateful(backends: readonly string[], pool: ConfigPart) {
  const path = join(makeTempDir(), 'state.json');
  const config = webConfig(backends, { global: { state_file: path }, pool });
  return { path, config, read: (): State => parseState(readFileSync(path, 'utf8')) };
}

/** Waits until the file says so, and ends lb in a way that it cannot write any more. */
async function killOnce(lb: Lb, says: () => boolean): Promise<void> {
  await expect.poll(says).toBe(true);
  await lb.stop('SIGKILL');
}

/** A backend that answers GET / with its name, and probes when the test says so. */
async function startProbed(name: string) {
  const probes: ServerResponse[] = [];
  const backend = { address: '', requests: 0, probes, answers: 503 as 200 | 503 | null };
  const { address } = await startHttpBackend((request, response) => {
    if (request.url !== '/health') {
      backend.requests++;
      response.end(name);
    } else if (backend.answers === null) {
      probes.push(response);
    } else {
      response.writeHead(backend.answers).end();
    }
  });
  backend.address = address;
  return backend;
}

it('sends nothing to a backend that was down before its first probe has ended', async () => {
  const ill = await startProbed('ill');
  const well = await startProbed('well');
  well.answers = 200;
  const health_check = { type: 'http', path: '/health', interval: '1h', timeout: '1h' };
  const { config, read, path } = stateful([ill.address, well.address], { health_check });
  const before = await startLb(config);
  const isDown = () => read().backends[0]?.observed?.value === false;
  await before.line({ backend: ill.address, to: 'down' });
  await killOnce(before, isDown);
  expect(statSync(path).mode & 0o777).toBe(0o600);

  ill.answers = null;
  ill.requests = 0;
  const lb = await startLb(config);
  await lb.line({ msg: 'state restored' });
  const why = 'status 503, expected 200-399';
  await lb.line({ msg: 'backend state restored', backend: ill.address, why });
  const load = startLoad(lb.address('web'));
  await load.more(50);
  expect(ill.requests).toBe(0);
  expect((await readMetrics(lb)).sum('backend_health')).toBe(1);
  await expect.poll(() => ill.probes.length).toBe(1);
  ill.probes[0]?.writeHead(200).end();
  await lb.line({ backend: ill.address, from: 'down', to: 'up' });
  await load.answerOf('ill');
  expect(load.lost).toEqual([]);
});

it('keeps a backend ejected through a restart', async () => {
  const refusing = await startBackend({ kind: 'refuse' });
  const echo = await startEchoBackend();
  const passive_health = { ejection: '1h', max_ejection: '1h' };
  const { config, read } = stateful([refusing.address, echo.address], { passive_health });
  const before = await startLb(config);
  const load = startLoad(before.address('web'));
  await before.line({ backend: refusing.address, to: 'ejected' });
  await load.stop();
  await before.stop();
  const untilMs = read().backends[0]?.ejected?.untilMs;

  const lb = await startLb(config);
  await lb.line({ msg: 'backend state restored', backend: refusing.address });
  await startLoad(lb.address('web')).more(20);
  expect((await readMetrics(lb)).sum('backend_failures_total')).toBe(0);
  await lb.stop();
  const again = read().backends[0]?.ejected?.untilMs ?? 0;
  expect(Math.abs(again - (untilMs ?? 0))).toBeLessThan(60_000); // an hour from the restart it would be otherwise
});

it.each([
  ['damaged', (path: string) => writeFileSync(path, '{"version":1,')],
  ['of another version', (path: string) => writeFileSync(path, '{"version":99}')],
])('starts with a file that is %s, and warns', async (_what, damage) => {
  const echo = await startEchoBackend();
  const { config, path, read } = stateful([echo.address], {});
  damage(path);
  const lb = await startLb(config);
  const warnings = lb.lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^the state file is ignored: every backend counts as healthy/),
  );
  await startLoad(lb.address('web')).more(5);
  await lb.stop();
  expect(read().backends).toHaveLength(1);
});

it('runs where it cannot write, says so once, and counts', async () => {
  const echo = await startEchoBackend();
  const config: LbConfig = webConfig([echo.address], {
    global: { state_file: join(makeTempDir(), 'missing/state.json') },
  });
  const lb = await startLb(config);
  await lb.line({ level: 'error' });
  await startLoad(lb.address('web')).more(5);
  expect((await readMetrics(lb)).sum('state_file_write_failures_total')).toBe(1);
  expect(await lb.stop()).toBe(0);
  expect(lb.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
});
