import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Daemon } from '../../../src/daemon/daemon.ts';
import type { RunningListener } from '../../../src/protocol/protocol.ts';
import { TcpListener } from '../../../src/protocol/tcp.ts';
import { startHttpBackend } from '../../helpers/start-http-backend.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';
import { snapshotOf } from '../config/parse.ts';
import { configText, configuration, type DrawnConfig } from './configurations.ts';
import { nowhere } from './nowhere.ts';

/** Loads a drawn configuration with real backends in the places of the drawn ones. */
function load(config: DrawnConfig, folder: string, backends: readonly string[]) {
  const text = configText({ ...config, global: { ...config.global, admin: true } }, folder);
  const real = text.replace(/"127\.0\.0\.1:(\d)"/g, (_, number) => `"${backends[number - 1]}"`);
  return { snapshot: snapshotOf(real), customAlgorithms: new Map() };
}

const start = (loaded: ReturnType<typeof load>) =>
  Daemon.start(loaded, { version: 'test', openFiles: Infinity, outputs: nowhere });
const stop = (daemon: Daemon) => daemon.stop(AbortSignal.abort());

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Which response edits, reasons and cookies there were. */
  readonly fields: readonly string[];
}

function ask(socketPath: string, path: string, headers: object, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { socketPath, path, headers: { ...headers }, agent };
    const asked = get(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => {
        const { 'x-way': way, 'x-lb-reason': reason, 'set-cookie': cookies } = response.headers;
        const names = cookies?.map((cookie) => cookie.split('=')[0]);
        const fields = [String(way), String(reason), String(names)];
        resolve({ status: response.statusCode ?? 0, body, fields });
      });
    });
    asked.on('error', reject);
  });
}

const pathOf = ({ address }: Pick<RunningListener, 'address'>) =>
  address.kind === 'unix' ? address.path : '';

/** What a client of a TCP listener hears; '' when it is turned away. */
function speak(path: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(path);
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    socket.on('error', () => undefined).on('close', () => resolve(heard));
    socket.write('GET / HTTP/1.1\r\nHost: lb.test\r\nConnection: close\r\n\r\n');
  });
}

/** Of one listener, by what it was asked: the status and the fields of the answer, and whether a backend gave it. */
async function seeListener(listener: RunningListener): Promise<readonly unknown[]> {
  const path = pathOf(listener);
  if (listener instanceof TcpListener) return [(await speak(path)).split('\r\n')[0]];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen: unknown[] = [];
  for (const target of ['/', '/api', '/api/v1/x']) {
    for (const host of ['a.test', 'b.test', 'other']) {
      for (const route of ['0', '1', '2']) {
        const { body, ...answer } = await ask(path, target, { host, 'x-route': route }, agent);
        seen.push({ target, host, route, ...answer, served: body.startsWith('backend') });
      }
    }
  }
  agent.destroy();
  return seen;
}

/**
 * The series of /metrics: `now` is what gauges tell, `counts` of what was asked, where a backend that an algorithm has
 * chosen by chance is left out. Whatever else was counted or learned before a reload stays, and so do its series.
 */
async function seeSeries(daemon: Daemon) {
  const agent = new Agent();
  const address = daemon.adminAddress?.slice('unix:'.length) ?? '';
  const { body } = await ask(address, '/metrics', {}, agent);
  agent.destroy();
  const gauges = new Set([...body.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name));
  gauges.delete('backend_idle_limit_seconds');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const series = lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
  return {
    now: series.filter((name) => gauges.has(name.replace(/\{.*/, ''))).toSorted(),
    counts: series
      .filter((name) => name.startsWith('request'))
      .map((name) => name.replace(/backend="[^"]*"/, '')),
  };
}

/** What people can see of it. */
async function see(daemon: Daemon) {
  const listeners: unknown[] = [];
  for (const listener of daemon.listeners) {
    listeners.push({ name: listener.name, seen: await seeListener(listener) });
  }
  const eligible = daemon.pools.map(({ name, eligible: those }) => [
    name,
    those.map((backend) => backend.name),
  ]);
  return { listeners, eligible, ...(await seeSeries(daemon)) };
}

it('cannot be told from a fresh start by those who ask it, whatever it was before', async () => {
  const backends = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const handler = (_: unknown, response: { end: (text: string) => unknown }) =>
        response.end('backend');
      return (await startHttpBackend(handler)).address;
    }),
  );
  await fc.assert(
    fc.asyncProperty(configuration(), configuration(), async (one, other) => {
      const folder = makeTempDir();
      const [from, to] = [load(one, folder, backends), load(other, folder, backends)];
      const daemon = await start(from);
      await see(daemon); // there are connections and counts for the reload to find
      const removed = daemon.listeners.map(pathOf);
      await daemon.reload(to);
      expect(daemon.plan(to)).toEqual([]);
      const reloaded = await see(daemon);
      for (const path of removed) {
        const stays = daemon.listeners.some((listener) => pathOf(listener) === path);
        if (!stays) expect(await speak(path)).toBe('');
      }
      await stop(daemon);
      const fresh = await start(to);
      const expected = await see(fresh);
      await stop(fresh);
      expect({ ...reloaded, counts: [] }).toEqual({ ...expected, counts: [] });
      const known = new Set(reloaded.counts);
      expect(expected.counts.filter((name) => !known.has(name))).toEqual([]);
    }),
    { numRuns: Number(process.env['LB_RELOAD_RUNS'] ?? 25) },
  );
}, 120_000);
