import { getHeapStatistics } from 'node:v8';

const runs = 21;
const runMs = 20;

/** Bytes this process ever allocated on the V8 heap. Missing before Node 26, and in @types/node. */
function allocatedBytes(): number {
  const statistics: object = getHeapStatistics();
  const bytes = 'total_allocated_bytes' in statistics ? statistics.total_allocated_bytes : NaN;
  return typeof bytes === 'number' ? bytes : NaN;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/**
 * Prints the median time and allocation of one operation over many runs, and the spread of the runs.
 *
 * @param body does the operation `count` times; what it returns depends on each of them, so none can be left out.
 */
export function measure(name: string, body: (count: number) => unknown): void {
  let count = 1;
  for (let elapsedMs = 0; elapsedMs < runMs; ) {
    count = Math.ceil(count * Math.min(10, (1.2 * runMs) / Math.max(elapsedMs, 0.01)));
    const startMs = performance.now();
    body(count);
    elapsedMs = performance.now() - startMs;
  }
  const times: number[] = [];
  const bytes: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startBytes = allocatedBytes();
    const startMs = performance.now();
    body(count);
    times.push(((performance.now() - startMs) * 1e6) / count);
    bytes.push((allocatedBytes() - startBytes) / count);
  }
  const cells = [
    name.padEnd(48),
    `${median(times).toFixed(1).padStart(9)} ns/op`,
    `(${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)})`.padEnd(20),
    `${median(bytes).toFixed(1).padStart(7)} bytes/op`,
  ];
  process.stdout.write(`${cells.join('  ')}\n`);
}
