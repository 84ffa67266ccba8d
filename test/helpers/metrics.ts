import { get } from 'node:http';
import type { Lb } from './start-lb.ts';

/** What lb counts, as its admin address tells it. */
export interface Metrics {
  /** The sum over all samples with these labels; 0 for a metric without any. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

export function readMetrics(lb: Lb): Promise<Metrics> {
  return readMetricsOf(lb.adminAddress());
}

export function readMetricsText(lb: Lb): Promise<string> {
  return readText(`http://${lb.adminAddress()}/metrics`);
}

/** @param adminAddress as HOST:PORT. */
export async function readMetricsOf(adminAddress: string): Promise<Metrics> {
  const text = await readText(`http://${adminAddress}/metrics`);
  return {
    sum: (name, labels = {}) =>
      [...text.matchAll(new RegExp(`^${name}(\\{.*\\})? (.+)$`, 'gm'))]
        .filter(([, found = '']) =>
          Object.entries(labels).every(([label, value]) => found.includes(`${label}="${value}"`)),
        )
        .map(([, , value]) => Number(value))
        .reduce((total, value) => total + value, 0),
  };
}

export async function readResidentMiB(lb: Lb): Promise<number> {
  const metrics = await readMetrics(lb);
  return metrics.sum('process_resident_memory_bytes') / 1024 / 1024;
}

function readText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject);
  });
}
