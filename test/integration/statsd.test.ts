import { describe, expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { findRefusingAddress } from '../helpers/refusing-address.ts';
import { startReloadable } from '../helpers/reloadable-lb.ts';
import { describeWith } from '../helpers/requires.ts';
import { startCollectd } from '../helpers/start-collectd.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { type Lb, startLb } from '../helpers/start-lb.ts';
import { startUdpReceiver } from '../helpers/start-udp-receiver.ts';

const startBackend = () => startHttpBackend((_, response) => response.end('ok'));

async function ask(lb: Lb, times: number): Promise<void> {
  const client = await connectRaw(lb.address('web'));
  for (let n = 0; n < times; n++) {
    client.send('GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n');
    expect((await client.response()).status).toBe(200);
  }
}

const pushTo = (address: string, prefix = 'lb') => ({
  metrics: { statsd: { address, interval: '1s', prefix } },
});

/** Pushes are a second apart, on a machine that may be busy. */
const POLL = { timeout: 15_000 };

/** As StatsD has it: a name of lb.yaml is a word without dots. */
const wordOf = (address: string) => address.replaceAll(/[.:]/g, '_');

describe('StatsD', () => {
  it('is sent each request once, over several pushes and a clean stop', async () => {
    const receiver = await startUdpReceiver();
    const backend = await startBackend();
    const lb = await startLb(
      webConfig([backend.address], { global: pushTo(receiver.address, 'prod.lb') }),
    );
    const word = wordOf(backend.address);
    await ask(lb, 30);
    await receiver.until(`prod.lb.requests_total.web.app.app.${word}.200:`);
    await ask(lb, 12);
    expect(await lb.stop()).toBe(0);
    // Sent before lb went, but perhaps not received yet.
    const name = `prod.lb.requests_total.web.app.app.${word}.200`;
    await expect.poll(() => receiver.total(name), POLL).toBe(42);
    expect(receiver.lines).toContain(`prod.lb.backend_health.app.${word}:1|g`);
    const timer = `prod.lb.backend_first_byte_duration_seconds.app.${word}:`;
    const timed = receiver.lines.filter((line) => line.startsWith(timer));
    const count = timed.reduce((sum, line) => sum + 1 / Number(/@(.*)$/.exec(line)?.[1] ?? 1), 0);
    expect(count).toBeCloseTo(42, 6);
    expect(Math.max(...receiver.sizes)).toBeLessThanOrEqual(1432);
  });

  it('goes to another receiver after a reload, which is not sent what was before', async () => {
    const [first, second] = [await startUdpReceiver(), await startUdpReceiver()];
    const backend = await startBackend();
    const config = (address: string) => webConfig([backend.address], { global: pushTo(address) });
    const reloadable = await startReloadable(config(first.address));
    const { lb } = reloadable;
    const name = `lb.requests_total.web.app.app.${wordOf(backend.address)}.200`;
    await ask(lb, 7);
    await reloadable.reload(config(second.address));
    await expect.poll(() => first.total(name), POLL).toBe(7);
    await ask(lb, 5);
    await expect.poll(() => second.total(name), POLL).toBe(5);
    expect(first.total(name)).toBe(7);
  });

  it('costs traffic nothing when its host has no address', async () => {
    const backend = await startBackend();
    const lb = await startLb(
      webConfig([backend.address], { global: pushTo('nobody.invalid:8125') }),
    );
    const failures = async () => (await readMetrics(lb)).sum('metrics_push_failures_total');
    await expect.poll(failures, { timeout: 40_000 }).toBeGreaterThan(0);
    await ask(lb, 3);
    expect(await lb.stop()).toBe(0);
  });

  it('costs traffic nothing when nobody listens', async () => {
    const backend = await startBackend();
    const nobody = await findRefusingAddress();
    const lb = await startLb(webConfig([backend.address], { global: pushTo(nobody) }));
    await ask(lb, 3);
    expect(await lb.stop()).toBe(0);
    expect((await lb.line({ msg: 'stopped' })).level).toBe('info');
  });
});

describeWith('collectd')('collectd, listening to StatsD', () => {
  it('understands every line, and has counted what clients have', async () => {
    const collectd = await startCollectd();
    const backend = await startBackend();
    const lb = await startLb(webConfig([backend.address], { global: pushTo(collectd.address) }));
    await ask(lb, 15);
    const word = wordOf(backend.address);
    await collectd.until(`derive-lb.requests_total.web.app.app.${word}.200`, '15');
    await collectd.until(`gauge-lb.backend_health.app.${word}`, '1.000000');
    await collectd.until('gauge-lb.config_generation', '1.000000');
    expect(await lb.stop()).toBe(0);
    expect(collectd.complaints()).toEqual([]);
  });
});
