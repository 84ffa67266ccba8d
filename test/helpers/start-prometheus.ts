import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { withFreePorts } from './free-port.ts';
import { pathOf } from './peers.ts';
import { startProcess } from './start-process.ts';
import { makeTempDir } from './temp-dir.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples/observability');

interface Rule {
  readonly for?: string;
}

interface Config {
  readonly global: object;
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly { readonly static_configs: readonly object[] }[];
}

interface Answer<Data> {
  readonly status: string;
  readonly data: Data;
}

/**
 * Starts a real Prometheus with the configuration and rules of examples/observability, only faster: it scrapes and
 * evaluates five times a second, and alerts fire at once.
 *
 * @param target HOST:PORT to scrape.
 */
export function startPrometheus(target: string): Promise<Prometheus> {
  const dir = makeTempDir();
  writeConfig(dir, target);
  return withFreePorts(1, async ([port]) => {
    const prometheus = startProcess(pathOf('prometheus'), [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    await prometheus.until(/Server is ready to receive web requests/);
    return new Prometheus(`http://127.0.0.1:${port}`);
  });
}

function writeConfig(dir: string, target: string): void {
  const read = (file: string) => parse(readFileSync(join(EXAMPLES, file), 'utf8'));
  const config: Config = read('prometheus.yml');
  const [job] = config.scrape_configs;
  const soon = { scrape_interval: '200ms', scrape_timeout: '200ms', evaluation_interval: '200ms' };
  const scrapes = [{ ...job, static_configs: [{ targets: [target] }] }];
  writeFileSync(
    join(dir, 'prometheus.yml'),
    stringify({ ...config, global: soon, scrape_configs: scrapes }),
  );
  for (const file of config.rule_files) {
    const { groups } = read(file) as { groups: { readonly rules: readonly Rule[] }[] };
    const faster = groups.map((group) => ({ ...group, rules: group.rules.map(atOnce) }));
    writeFileSync(join(dir, file), stringify({ groups: faster }));
  }
}

function atOnce(rule: Rule): Rule {
  return rule.for === undefined ? rule : { ...rule, for: '0s' };
}

export class Prometheus {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The value of the one series that an expression has now; null when it has none, or several. */
  async value(expression: string): Promise<number | null> {
    const { result } = await this.#ask<{ result: readonly { value: readonly [number, string] }[] }>(
      `/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    const [only] = result;
    return only === undefined || result.length > 1 ? null : Number(only.value[1]);
  }

  /** Waits until an expression has this value. */
  async until(expression: string, value: number): Promise<void> {
    const options = { timeout: 20_000, interval: 50, message: expression };
    await expect.poll(() => this.value(expression), options).toBe(value);
  }

  /** Names and labels of the alerts that fire. */
  async firing(): Promise<readonly Readonly<Record<string, string>>[]> {
    const { alerts } = await this.#ask<{
      alerts: readonly { state: string; labels: Readonly<Record<string, string>> }[];
    }>('/api/v1/alerts');
    return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
  }

  /** What went wrong with the last scrape; '' for nothing. */
  async scrapeError(): Promise<string> {
    const { activeTargets } = await this.#ask<{ activeTargets: readonly { lastError: string }[] }>(
      '/api/v1/targets',
    );
    return activeTargets.map(({ lastError }) => lastError).join('; ');
  }

  async #ask<Data>(path: string): Promise<Data> {
    const response = await fetch(this.#url + path, { headers: { Connection: 'close' } });
    const { status, data } = (await response.json()) as Answer<Data>;
    expect(status).toBe('success');
    return data;
  }
}
