import { type Histogram, shownBoundsMs } from '../foundation/histogram.ts';
import type { PullExporter } from './exporter.ts';
import { familiesOf } from './families/all.ts';
import type { Family, Labels } from './family.ts';
import { inSlices } from './in-slices.ts';

/**
 * The Prometheus text format, version 0.0.4. Written by hand: prom-client would cost 16 MB of memory and several hundred
 * nanoseconds per count, for a format of four rules.
 */
export const prometheus: PullExporter = {
  path: '/metrics',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  async render(source) {
    const slices: Buffer[] = [];
    for await (const parts of inSlices(textOf(familiesOf(source), source.prefix))) {
      slices.push(Buffer.from(parts.join('')));
    }
    return Buffer.concat(slices);
  },
};

/** One part per family and sample. */
function* textOf(families: Iterable<Family>, prefix: string): Generator<string> {
  for (const family of families) {
    const name = prefix + family.name;
    yield `# HELP ${name} ${family.help}\n# TYPE ${name} ${family.type}\n`;
    if (family.type === 'histogram') {
      for (const { labels, value } of family.samples) {
        yield histogramText(name, labelText(labels), value);
      }
    } else {
      for (const { labels, value } of family.samples) {
        yield line(name, labelText(labels), value);
      }
    }
  }
}

/** The ends of buckets as the label that names them, in seconds. */
const bounds = [...shownBoundsMs.map((ms) => `le="${ms / 1000}"`), 'le="+Inf"'];

/** Buckets are cumulative in this format: each counts everything up to its bound. */
function histogramText(name: string, labels: string, histogram: Histogram): string {
  const start = labels === '' ? `${name}_bucket{` : `${name}_bucket{${labels},`;
  const counts = histogram.cumulative();
  let text = '';
  for (const [at, count] of counts.entries()) text += `${start}${bounds[at]}} ${count}\n`;
  const sum = line(`${name}_sum`, labels, histogram.sumMs / 1000);
  return text + sum + line(`${name}_count`, labels, counts.at(-1) ?? 0);
}

/** @param labels what stands between the braces; '' for none. */
function line(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`;
}

function labelText(labels: Labels): string {
  let text = '';
  for (const [name, value] of labels) {
    text += text === '' ? `${name}=${quote(value)}` : `,${name}=${quote(value)}`;
  }
  return text;
}

/** A label's value in quotes; three characters have a meaning of their own inside. */
function quote(text: string): string {
  if (!/[\\"\n]/.test(text)) return `"${text}"`;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
