import { expect, it } from 'vitest';
import { type ConfigPart, webConfig } from '../helpers/lb-config.ts';
import { listen } from '../helpers/listen.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { QUIET_HOST } from '../helpers/quiet-host.ts';
import { startBackend, type TestBackend } from '../helpers/start-backend.ts';
import { type BackendProcess, startBackendProcess } from '../helpers/start-backend-process.ts';
import { type Lb, startLb } from '../helpers/start-lb.ts';
import { CLIENTS, type Load, startLoad } from '../helpers/start-load.ts';

/** So fast that tests need not wait, and one result is a verdict. */
const PROBE = { interval: '100ms', timeout: '5s', unhealthy_threshold: 1, healthy_threshold: 1 };
const ACTIVE = { health_check: { ...PROBE, type: 'http' }, passive_health: 'off' };
const PASSIVE = { health_check: 'off', passive_health: { ejection: '500ms' } };

interface Fleet {
  readonly lb: Lb;
  readonly load: Load;
  readonly backends: readonly [BackendProcess, BackendProcess];
}

/** Two backends in processes of their own, lb before them, and clients that have been answered by both. */
async function startFleet(pool: ConfigPart): Promise<Fleet> {
  const backends = await Promise.all([startBackendProcess('one'), startBackendProcess('two')]);
  const lb = await startLb(
    webConfig(
      backends.map(({ address }) => address),
      { pool },
    ),
  );
  const load = startLoad(lb.address('web'));
  await load.more(50);
  await load.answerOf('one');
  await load.answerOf('two');
  return { lb, load, backends };
}

async function expectInTraffic(lb: Lb, count: number): Promise<void> {
  const metrics = await readMetrics(lb);
  expect(metrics.sum('backend_health')).toBe(count);
}

it('loses no GET to a killed backend by passive health alone, and takes it back when it lives', async () => {
  const { lb, load, backends } = await startFleet(PASSIVE);
  const [{ address, signal }] = backends;
  signal('SIGKILL');
  const ejected = await lb.line({ backend: address, to: 'ejected' });
  expect(ejected).toMatchObject({ level: 'warn', pool: 'app', from: 'up' });
  await expectInTraffic(lb, 1);
  await load.more(100);
  await startBackendProcess('one', address);
  await lb.line({ backend: address, from: 'half_open', to: 'up', why: 'the trial succeeded' });
  await load.answerOf('one');
  await expectInTraffic(lb, 2);
  expect(load.lost).toEqual([]);
});

it('loses no GET to a killed backend that only probes watch', async () => {
  const { lb, load, backends } = await startFleet(ACTIVE);
  const [{ address, signal }] = backends;
  signal('SIGKILL');
  const down = await lb.line({ msg: 'backend state', backend: address, from: 'up', to: 'down' });
  // The kill may also have met a probe under way.
  expect(down.why).toMatch(/refused the connection|connection was reset|closed the connection/);
  await expectInTraffic(lb, 1);
  await load.more(100);
  await startBackendProcess('one', address);
  await lb.line({ backend: address, from: 'down', to: 'up' });
  await load.answerOf('one');
  await expectInTraffic(lb, 2);
  expect(load.lost).toEqual([]);
});

it('finds out about a stopped backend, which accepts but never answers, by its probes', async () => {
  const { lb, load, backends } = await startFleet({
    ...ACTIVE,
    health_check: { ...PROBE, type: 'http', timeout: '1s', unhealthy_threshold: 2 },
    timeouts: { response_header: '1h' },
  });
  const [{ address, signal }] = backends;
  signal('SIGSTOP');
  await lb.line({ backend: address, to: 'down', why: 'no answer within 1000 ms' });
  await expectInTraffic(lb, 1);
  signal('SIGCONT');
  await lb.line({ backend: address, from: 'down', to: 'up' });
  await load.answerOf('one');
  expect(load.lost).toEqual([]);
});

it('loses no GET to a stopped backend that only its traffic tells of', async () => {
  const { lb, load, backends } = await startFleet({
    ...PASSIVE,
    timeouts: { response_header: '200ms' },
  });
  const [{ address, signal }] = backends;
  signal('SIGSTOP');
  await lb.line({ backend: address, to: 'ejected' });
  signal('SIGCONT');
  await lb.line({ backend: address, from: 'half_open', to: 'up' });
  await load.answerOf('one');
  expect(load.lost).toEqual([]);
});

it('comes back by itself after all backends were down', async () => {
  const { lb, load, backends } = await startFleet(ACTIVE);
  for (const { address, signal } of backends) {
    signal('SIGKILL');
    await lb.line({ backend: address, to: 'down' });
  }
  await expectInTraffic(lb, 0);
  await load.moreLost(20);
  expect(load.lost.at(-1)).toContain('no_backend');
  await startBackendProcess('one', backends[0].address);
  await lb.line({ backend: backends[0].address, from: 'down', to: 'up' });
  const { length } = load.lost;
  await load.more(100);
  expect(load.lost.length - length).toBeLessThanOrEqual(CLIENTS); // one per client was under way
});

it('ejects nobody when all backends fail at once, and says whose fault that probably is', async () => {
  const { lb, load, backends } = await startFleet(PASSIVE);
  for (const { signal } of backends) signal('SIGKILL');
  const line = await lb.line({ level: 'warn', pool: 'app', backend: undefined as never });
  expect(line.msg).toContain('probably lb itself or the network');
  await expectInTraffic(lb, 2);
  await startBackendProcess('one', backends[0].address);
  await load.answerOf('one');
});

/** Resets what is open and stops listening, or listens there again. */
async function setListening(backend: TestBackend, isListening: boolean): Promise<void> {
  if (isListening) await listen(backend.server, backend.address);
  else await backend.kill();
}

it('loses no GET while one of its backends comes and goes', async () => {
  const answer = (name: string) =>
    `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`;
  const steady = await startBackend({ kind: 'answer', bytes: answer('steady') });
  const flapping = await startBackend(
    { kind: 'answer', bytes: answer('flapping') },
    `${QUIET_HOST}:0`,
  );
  const lb = await startLb(
    webConfig([steady.address, flapping.address], {
      pool: { ...ACTIVE, passive_health: { ejection: '100ms', max_ejection: '200ms' } },
    }),
  );
  const load = startLoad(lb.address('web'));
  for (let time = 0; time < 5; time++) {
    await load.answerOf('flapping');
    await setListening(flapping, false);
    await load.more(100);
    await setListening(flapping, true);
  }
  await load.answerOf('flapping');
  expect(load.lost).toEqual([]);
});

it('gives nothing to a backend whose first probe fails', async () => {
  const down = await startBackend({ kind: 'refuse' });
  const up = await startBackend({
    kind: 'answer',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  });
  const pool = { health_check: { ...PROBE, unhealthy_threshold: 100, interval: '1h' } };
  const lb = await startLb(webConfig([down.address, up.address], { pool }));
  await lb.line({ backend: down.address, from: 'up', to: 'down' });
  const load = startLoad(lb.address('web'));
  await load.more(50);
  await load.stop();
  const lines = await lb.someLines({ status: 200 }, load.answers.length);
  expect(new Set(lines.map(({ attempts }) => attempts))).toEqual(new Set([1]));
});
