import { expect, it } from 'vitest';
import { type ConfigPart, tcpConfig, webConfig } from '../helpers/lb-config.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startReloadable } from '../helpers/reloadable-lb.ts';
import { type DnsServer, startDns } from '../helpers/start-dns.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { type Lb, startLb } from '../helpers/start-lb.ts';
import { startLoad } from '../helpers/start-load.ts';

const HOST = 'api.test';
/** Backends of one name share its port, so each has an address of its own. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;

/** A backend on each address, all on one port, each of which answers everything with its address. */
async function startBackends(addresses: readonly string[] = ADDRESSES) {
  const [first = '', ...others] = addresses;
  const start = (address: string, port: string) =>
    startHttpBackend((_, response) => void response.end(address), `${address}:${port}`);
  const backend = await start(first, '0');
  const port = backend.address.slice(backend.address.lastIndexOf(':') + 1);
  return {
    port,
    backends: [backend, ...(await Promise.all(others.map((each) => start(each, port))))],
  };
}

function at(...addresses: readonly string[]) {
  return { addresses, ttlSeconds: 1 };
}

function startNamed(dns: DnsServer, backend: ConfigPart, pool: ConfigPart = {}): Promise<Lb> {
  const global = { dns: { servers: [dns.address] } };
  return startLb(webConfig([], { global, pool: { backends: [backend], ...pool } }));
}

async function statusOf(lb: Lb): Promise<number> {
  const client = await connectRaw(lb.address('web'));
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const { status } = await client.response();
  return status;
}

it('starts with a name that does not resolve: a backend that is down until it does', async () => {
  const dns = await startDns();
  const { port } = await startBackends(['127.0.0.1']);
  const lb = await startNamed(dns, { address: `${HOST}:${port}` });
  const why = 'there is no such name';
  await lb.line({ level: 'warn', msg: 'name does not resolve', name: HOST, why, kept: '' });
  expect(await statusOf(lb)).toBe(503);
  expect((await readMetrics(lb)).sum('backend_health')).toBe(0);
  dns.records.set(HOST, at('127.0.0.1'));
  await lb.line({ msg: 'name resolves again', name: HOST });
  await lb.line({ msg: 'name has other addresses', name: HOST, from: '', to: '127.0.0.1' });
  await lb.line({ msg: 'backend state', from: 'down', to: 'up', why: 'its name has resolved' });
  expect(await statusOf(lb)).toBe(200);
  expect((await readMetrics(lb)).sum('backend_health')).toBe(1);
});

it('moves new traffic to a new address without a failed request', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1') });
  const { port } = await startBackends();
  const lb = await startNamed(dns, { address: `${HOST}:${port}` });
  const load = startLoad(lb.address('web'));
  await load.answerOf('127.0.0.1');
  dns.records.set(HOST, at('127.0.0.2'));
  await lb.line({ msg: 'name has other addresses', from: '127.0.0.1', to: '127.0.0.2' });
  await load.answerOf('127.0.0.2');
  await load.more(50); // what was under way has ended
  const moved = load.answers.length;
  await load.more(200);
  expect(new Set(load.answers.slice(moved))).toEqual(new Set(['127.0.0.2']));
  expect(load.lost).toEqual([]);
});

it('closes idle connections to an address that the name has no more', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1') });
  const { port } = await startBackends();
  const lb = await startNamed(dns, { address: `${HOST}:${port}` });
  expect(await statusOf(lb)).toBe(200);
  expect((await readMetrics(lb)).sum('backend_idle_connections')).toBe(1);
  dns.records.set(HOST, at('127.0.0.1', '127.0.0.2'));
  await lb.line({ msg: 'name has other addresses', to: '127.0.0.1, 127.0.0.2' });
  expect((await readMetrics(lb)).sum('backend_idle_connections')).toBe(1);
  dns.records.set(HOST, at('127.0.0.2'));
  await lb.line({ msg: 'name has other addresses', to: '127.0.0.2' });
  expect((await readMetrics(lb)).sum('backend_idle_connections')).toBe(0);
});

it('has the addresses of a new name before a reload takes it into traffic', async () => {
  const { port } = await startBackends(['127.0.0.1']);
  const dns = await startDns({ [HOST]: at('127.0.0.1') });
  const global = { dns: { servers: [dns.address] } };
  const reloadable = await startReloadable(webConfig([`127.0.0.1:${port}`], { global }));
  const load = startLoad(reloadable.lb.address('web'));
  await load.more(20);
  await reloadable.reload(webConfig([`${HOST}:${port}`], { global }));
  await load.more(100);
  expect(load.lost).toEqual([]);
  await reloadable.reload(webConfig([`127.0.0.1:${port}`], { global }));
  await load.more(20);
  expect(load.lost).toEqual([]);
  expect((await readMetrics(reloadable.lb)).sum('dns_addresses')).toBe(0); // nobody wants the name
});

it('connects a TCP session to the address that accepts', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1', '127.0.0.2') });
  const { port } = await startBackends(['127.0.0.2']);
  const global = { dns: { servers: [dns.address] } };
  const lb = await startLb(tcpConfig([`${HOST}:${port}`], { global }));
  const client = await connectRaw(lb.address('tcp'));
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect((await client.response()).body).toBe('127.0.0.2');
  client.end();
  await lb.line({ protocol: 'tcp', attempts: 2 });
});

it('goes on with the last addresses when the DNS server dies', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1') });
  const { port } = await startBackends(['127.0.0.1']);
  const lb = await startNamed(dns, { address: `${HOST}:${port}` });
  const load = startLoad(lb.address('web'));
  dns.kill();
  await lb.line({ msg: 'name does not resolve', name: HOST, kept: '127.0.0.1' });
  await load.more(200);
  expect(load.lost).toEqual([]);
  const metrics = await readMetrics(lb);
  expect(metrics.sum('dns_addresses')).toBe(1);
  expect(metrics.sum('backend_health')).toBe(1);
});

it('makes a backend of each address, and follows them as they come and go', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1', '127.0.0.2') });
  const { port } = await startBackends();
  const health = { type: 'http', interval: '100ms', healthy_threshold: 1 };
  const backend = { name: 'api', address: `${HOST}:${port}`, resolve: 'all' };
  const lb = await startNamed(dns, backend, { health_check: health });
  const load = startLoad(lb.address('web'));
  await load.answerOf('127.0.0.1');
  await load.answerOf('127.0.0.2');
  dns.records.set(HOST, at('127.0.0.2', '127.0.0.3'));
  await lb.line({ msg: 'name has other addresses', to: '127.0.0.2, 127.0.0.3' });
  await load.answerOf('127.0.0.3');
  await load.more(50); // what was under way has ended
  const moved = load.answers.length;
  await load.more(200);
  expect(new Set(load.answers.slice(moved))).toEqual(new Set(['127.0.0.2', '127.0.0.3']));
  expect(load.lost).toEqual([]);
  await lb.line({ backend: 'api@127.0.0.3', status: 200 });
  expect((await readMetrics(lb)).sum('backend_health')).toBe(2);
});

it('takes one of several addresses out of traffic when it fails', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1', '127.0.0.2') });
  const { port, backends } = await startBackends(['127.0.0.1', '127.0.0.2']);
  const lb = await startNamed(dns, { name: 'api', address: `${HOST}:${port}`, resolve: 'all' });
  const load = startLoad(lb.address('web'));
  await load.answerOf('127.0.0.1');
  await backends[0]?.kill();
  await lb.line({ backend: 'api@127.0.0.1', to: 'ejected' });
  await load.more(100);
  expect(load.lost).toEqual([]);
});

it('finds a backend on localhost', async () => {
  const { port } = await startBackends(['127.0.0.1']);
  const lb = await startLb(webConfig([`localhost:${port}`]));
  expect(await statusOf(lb)).toBe(200);
});

it('tries the other address of a name within the request that found the first one closed', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1', '::1') });
  const { port } = await startBackends(['[::1]']);
  const lb = await startNamed(dns, { address: `${HOST}:${port}` });
  expect(await statusOf(lb)).toBe(200);
  await lb.line({ status: 200, attempts: 2 });
  expect(await statusOf(lb)).toBe(200);
  await lb.line({ status: 200, attempts: 1 });
});

it('probes the address that a name has, and finds the one that is alive', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1', '127.0.0.2') });
  const { port } = await startBackends(['127.0.0.2']);
  const probe = { interval: '100ms', unhealthy_threshold: 1000, healthy_threshold: 1 };
  const lb = await startNamed(dns, { address: `${HOST}:${port}` }, { health_check: probe });
  const passed = async () =>
    (await readMetrics(lb)).sum('backend_probes_total', { result: 'passed' });
  await expect.poll(passed).toBeGreaterThan(0);
  expect(await statusOf(lb)).toBe(200);
  await lb.line({ status: 200, attempts: 1 });
});

it('stops at once while a name is being looked up', async () => {
  const dns = await startDns({ [HOST]: at('127.0.0.1') });
  const { port } = await startBackends(['127.0.0.1']);
  const lb = await startNamed(dns, { address: `${HOST}:${port}` });
  dns.records.set(HOST, 'silent');
  const asked = () => dns.questions.filter((question) => question === `${HOST} A`).length;
  const before = asked();
  await dns.asked(HOST);
  expect(await lb.stop()).toBe(0);
  expect(asked()).toBe(before + 1); // not asked again, as it would be after a while
});
