import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Backend } from '../../src/backend/backend.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import { TimerWheel } from '../../src/foundation/timer-wheel.ts';
import type { CheckConfig } from '../../src/health/catalog.ts';
import { Health } from '../../src/health/health.ts';
import { Pool } from '../../src/pool/pool.ts';
import { IoBuffers } from '../../src/transport/io-buffers.ts';

// What probing 1,000 backends every 5 s costs: processor time of this process, user and system, over 20 s. The backends
// are one server in a process of its own, on as many loopback addresses, so that no two of them share a check.

const BACKENDS = 1000;
const SECONDS = 20;

const SERVER = `
  const answer = 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok';
  const server = require('node:net').createServer((socket) => {
    socket.on('data', () => socket.end(answer)).on('error', () => undefined);
  });
  server.listen(0, '0.0.0.0', () => console.log(server.address().port));
`;

const timing = { intervalMs: 5000, timeoutMs: 2000, unhealthyThreshold: 3, healthyThreshold: 2 };
const checks: Readonly<Record<string, CheckConfig>> = {
  tcp: { ...timing, type: 'tcp', options: { send: '', expect: '' } },
  http: {
    ...timing,
    type: 'http',
    options: {
      method: 'GET',
      path: '/health',
      host: '',
      headers: {},
      body: '',
      expected_codes: ['200-399'],
      expected_body: '',
      expected_body_regex: '',
    },
  },
};

function makePool(port: number, wheel: TimerWheel): Pool {
  const backends = Array.from({ length: BACKENDS }, (_, at) => {
    const host = `127.0.${1 + (at >> 8)}.${at & 255}`;
    return new Backend(`b${at}`, 'pool', { kind: 'tcp', host, port }, 0);
  });
  const options = {
    retries: { attempts: 2, budgetPercent: 20, bufferBytes: 65_536, timeoutMs: 30_000 },
    timeouts: { connectMs: 3000, responseHeaderMs: 60_000, responseStallMs: 60_000 },
    connectionPool: { idleMs: 4000 },
    whenAllDown: 'fail_fast',
    queue: { maxWaiting: 0, timeoutMs: 1000 },
    slowStartMs: 0,
  } as const;
  const services = { clock: systemClock, wheel, defer: process.nextTick };
  const algorithm = {
    id: 'first',
    key: null,
    faults: { count: 0 },
    build: () => ({ pick: () => 0 }),
  };
  return new Pool('pool', backends, options, services, algorithm);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function measureCheck(name: string, healthCheck: CheckConfig, port: number): Promise<void> {
  const wheel = new TimerWheel(systemClock);
  const health = new Health({
    wheel,
    clock: systemClock,
    wallClock: Date.now,
    buffers: new IoBuffers(),
    random: Math.random,
    listener: {
      onStateChange: () => undefined,
      onProbe: () => undefined,
      onSpared: () => undefined,
    },
  });
  health.add(makePool(port, wheel), { healthCheck, passiveHealth: null });
  wheel.start();
  health.start();
  await pause(6000); // the first probes, and the compiler
  const probesBefore = health.backends.reduce((sum, { probesPassed }) => sum + probesPassed, 0);
  const before = process.cpuUsage();
  await pause(SECONDS * 1000);
  const { user, system } = process.cpuUsage(before);
  const passed = health.backends.reduce((sum, { probesPassed }) => sum + probesPassed, 0);
  const failed = health.backends.reduce((sum, { probesFailed }) => sum + probesFailed, 0);
  health.stop();
  wheel.stop();
  const probes = passed - probesBefore;
  const cells = [
    name.padEnd(5),
    `${((user + system) / 1e4 / SECONDS).toFixed(2)} % of a core`,
    `${((user + system) / probes).toFixed(0)} µs per probe (user ${(user / probes).toFixed(0)}, system ${(system / probes).toFixed(0)})`,
    `${probes} probes, ${failed} failed`,
  ];
  process.stdout.write(`${cells.join('  ')}\n`);
}

const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
const [port] = await once(server.stdout, 'data');
for (const [name, check] of Object.entries(checks)) {
  await measureCheck(name, check, Number(String(port)));
}
server.kill();
