import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { describeWith } from '../helpers/requires.ts';
import { startBackendProcess } from '../helpers/start-backend-process.ts';
import { type Lb, startLb } from '../helpers/start-lb.ts';
import { startLoad } from '../helpers/start-load.ts';
import { startNginx } from '../helpers/start-nginx.ts';

// Backends that close kept-alive connections just when lb is about to use them. All of them close after one second.

const BACKEND_IDLE_MS = 1000;
const CLIENTS = 400;
const ROUNDS = 5;
/** lb itself would keep connections for longer. */
const pool = { connection_pool: { max_idle: CLIENTS, idle: '1m' } };

/**
 * Clients that ask, pause for as long as the backend keeps a connection, a little more or less, and ask again.
 *
 * @returns what became of the requests: how many of each status or error.
 */
async function askInRhythm(lb: Lb, method: string): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: CLIENTS });
  onTestFinished(() => agent.destroy());
  const outcomes: Record<string, number> = {};
  const runClient = async (at: number) => {
    for (let round = 0; round < ROUNDS; round++) {
      const outcome = await ask(agent, lb.address('web'), method);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      await pause(BACKEND_IDLE_MS - 20 + (at % 41));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, at) => runClient(at)));
  return outcomes;
}

function ask(agent: Agent, address: string, method: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(`http://${address}/`, { agent, method }, (response) => {
      response.resume().on('end', () => resolve(String(response.statusCode)));
    });
    asked.on('error', (error) => resolve(error.message));
    asked.end();
  });
}

const ALL_WELL = { 200: CLIENTS * ROUNDS };

it.each(['GET', 'POST'])(
  'loses no %s to a Node.js server that closes idle connections',
  async (method) => {
    const { address } = await startBackendProcess('node', undefined, BACKEND_IDLE_MS);
    const lb = await startLb(webConfig([address], { pool }));
    expect(await askInRhythm(lb, method)).toEqual(ALL_WELL);
    const metrics = await readMetrics(lb);
    expect(metrics.sum('backend_idle_limit_seconds')).toBe(0.8);
    expect(metrics.sum('backend_failures_total')).toBe(0);
  },
);

describeWith('nginx')('before nginx', () => {
  const settings = `keepalive_timeout ${BACKEND_IDLE_MS}ms;`;

  it('loses no GET when idle connections are closed', async () => {
    const [address] = await startNginx(['nginx'], settings);
    const lb = await startLb(webConfig([address!], { pool })); // one name, one address
    expect(await askInRhythm(lb, 'GET')).toEqual(ALL_WELL);
  });

  it('loses no POST either once it has seen an idle connection closed', async () => {
    const [address] = await startNginx(['nginx'], settings);
    const lb = await startLb(webConfig([address!], { pool })); // as above
    const agent = new Agent();
    await ask(agent, lb.address('web'), 'POST');
    const learned = async () => (await readMetrics(lb)).sum('backend_idle_limit_seconds');
    await expect.poll(learned).toBeGreaterThan(0);
    expect(await learned()).toBeCloseTo(0.8, 1);
    expect(await askInRhythm(lb, 'POST')).toEqual(ALL_WELL);
    expect((await readMetrics(lb)).sum('backend_failures_total')).toBe(0);
  });

  it('loses no GET when each connection serves three requests', async () => {
    const [address] = await startNginx(['nginx'], 'keepalive_requests 3;');
    const lb = await startLb(webConfig([address!], { pool })); // as above
    const load = startLoad(lb.address('web'));
    await load.more(3000);
    await load.stop();
    expect(load.lost).toEqual([]);
    const metrics = await readMetrics(lb);
    expect(metrics.sum('backend_connects_total')).toBeGreaterThanOrEqual(1000);
    expect(metrics.sum('backend_failures_total')).toBe(0);
  });
});
