import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { webConfig } from '../helpers/lb-config.ts';
import { readMetricsText } from '../helpers/metrics.ts';
import { pathOf } from '../helpers/peers.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { describeWith } from '../helpers/requires.ts';
import { startEchoBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';
import { startPrometheus } from '../helpers/start-prometheus.ts';

const examples = resolve(import.meta.dirname, '../../examples/observability');

function promtool(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(pathOf('promtool'), args, {
    cwd: examples,
    input,
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}` };
}

const probed = { interval: '200ms', timeout: '1s', unhealthy_threshold: 2, healthy_threshold: 1 };

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

/** Every word with a `_` that is no function and, without a `:`, no metric that a rule records. */
function metricsIn(expr: string): readonly string[] {
  const words = expr.replaceAll(/"[^"]*"/g, '').match(/[a-z][\w:]*/g) ?? [];
  const others = ['group_left', 'histogram_quantile'];
  return words
    .filter((word) => /^[^:]*_[^:]*$/.test(word) && !others.includes(word))
    .map((word) => word.replace(/_bucket$/, ''));
}

/** lb that probes two backends, after a request that each has answered and one that nobody could. */
async function startAsked(prefix = '') {
  const backends = [await startEchoBackend('one'), await startEchoBackend('two')] as const;
  const lb = await startLb(
    webConfig(
      backends.map(({ address }) => address),
      {
        global: { metrics: { prefix } },
        listener: { routes: [{ pool: 'app', match: { path: '/found' } }] },
        pool: { health_check: probed },
      },
    ),
  );
  const client = await connectRaw(lb.address('web'));
  for (const target of ['/found', '/found', '/lost']) {
    client.send(`GET ${target} HTTP/1.1\r\nHost: lb.test\r\n\r\n`);
    await client.response();
  }
  return { lb, backends };
}

describeWith('promtool')('promtool', () => {
  it.each(['', 'lb_'])('finds nothing wrong with the metrics under prefix "%s"', async (prefix) => {
    const { lb } = await startAsked(prefix);
    const text = await readMetricsText(lb);
    expect(text).toContain(`\n${prefix}backend_connect_duration_seconds_bucket{`);
    expect(promtool(['check', 'metrics'], text)).toEqual({ status: 0, said: '' });
  });

  it('finds nothing wrong with the examples, and their tests pass', () => {
    const rules = ['recording-rules.yml', 'alert-rules.yml'];
    for (const args of [
      ['check', 'config', 'prometheus.yml'],
      ['check', 'rules', ...rules],
      ['test', 'rules', 'rules.test.yml'],
    ]) {
      const { status, said } = promtool(args);
      expect({ args, status, said }).toMatchObject({ status: 0 });
    }
  });
});

describe('the examples for Prometheus', () => {
  it('ask for metrics that there are', async () => {
    const { lb } = await startAsked();
    const known = new Set(
      [...(await readMetricsText(lb)).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name),
    );
    for (const file of readdirSync(examples).filter((name) => name.endsWith('-rules.yml'))) {
      const { groups } = parse(readFileSync(join(examples, file), 'utf8')) as RuleFile;
      const asked = groups.flatMap(({ rules }) => rules).flatMap(({ expr }) => metricsIn(expr));
      expect(asked.length).toBeGreaterThan(5);
      expect(asked.filter((name) => !known.has(name))).toEqual([]);
    }
  });
});

describeWith('prometheus')('Prometheus', () => {
  it('scrapes lb, and tells of a backend that is killed', async () => {
    const { lb, backends } = await startAsked();
    const [one, two] = backends;
    const prometheus = await startPrometheus(lb.adminAddress());
    await prometheus.until('up{job="lb"}', 1);
    await prometheus.until('sum(requests_total{status="200"})', 2);
    await prometheus.until('sum(request_failures_total{reason="no_route"})', 1);
    await prometheus.until('sum(backend_request_duration_seconds_count)', 2);
    await prometheus.until('sum(backend_health)', 2);
    const about = (backend: string) => ({ alertname: 'LbBackendDown', pool: 'app', backend });
    const firing = async () => (await prometheus.firing()).map(({ alertname }) => alertname);
    expect(await firing()).toEqual([]);
    await one.kill();
    const poll = { timeout: 20_000, interval: 50 };
    await expect
      .poll(() => prometheus.firing(), poll)
      .toEqual([expect.objectContaining(about(one.address))]);
    await two.kill();
    await expect.poll(firing, poll).toContain('LbPoolDown');
    expect(await prometheus.scrapeError()).toBe('');
  });
});
