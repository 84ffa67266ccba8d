import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Inspector } from '../guard/inspector.ts';
import { type Metrics, readMetricsOf } from '../helpers/metrics.ts';
import type { Subject } from './subject.ts';

/** What lb holds while nobody wants anything of it. */
export interface Sample {
  readonly openFiles: number;
  /** Of Node's, those that do not keep the process alive included. */
  readonly timers: number;
  /** After collecting garbage. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

/** Probes come and go: the fewest of so many looks are those that stay. */
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 50;
const QUIET_WITHIN_MS = 20_000;

const GROUP = 'soak';
const TIMER_PROTOTYPE =
  '((timer) => (clearTimeout(timer), Object.getPrototypeOf(timer)))(setTimeout(() => undefined, 0))';

interface RemoteObject {
  readonly result: { readonly objectId: string };
}

/** Waits until lb holds no connection but its own, and measures it then. @param looks fewer take less time. */
export async function takeSample(subject: Subject, looks = LOOKS): Promise<Sample> {
  await untilQuiet(subject);
  // Before the inspector's own connection is there.
  const openFiles = await fewest(looks, async () => readdirSync(`/proc/${subject.pid}/fd`).length);
  const inspector = await Inspector.connect(subject.inspectorPort);
  try {
    const timers = await fewest(looks, () => countTimers(inspector));
    // What finalizers let go of in the first turn is garbage in the second.
    for (let turn = 0; turn < 2; turn++) await inspector.call('HeapProfiler.collectGarbage');
    const heapBytes = await evaluate(inspector, 'process.memoryUsage().heapUsed');
    return { openFiles, timers, heapBytes, residentBytes: residentBytes(subject.pid) };
  } finally {
    inspector.close();
  }
}

async function untilQuiet(subject: Subject): Promise<void> {
  const endMs = performance.now() + QUIET_WITHIN_MS;
  for (;;) {
    const held = heldIn(await readMetricsOf(subject.address('admin')));
    if (held.length === 0) return;
    if (performance.now() > endMs) throw new Error(`Not quiet in time: ${held.join(', ')}`);
    await delay(BETWEEN_LOOKS_MS);
  }
}

function heldIn({ sum }: Metrics): readonly string[] {
  const gauges = ['active_connections', 'backend_active', 'backend_idle_connections'];
  return [...gauges, 'queue_length']
    .map((name) => `${sum(name)} ${name}`)
    .filter((text) => !text.startsWith('0 '));
}

async function fewest(looks: number, look: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < looks; at++) {
    least = Math.min(least, await look());
    await delay(BETWEEN_LOOKS_MS);
  }
  return least;
}

async function evaluate(inspector: Inspector, expression: string): Promise<number> {
  const params = { expression, returnByValue: true };
  const { result } = await inspector.call<{ result: { value: number } }>(
    'Runtime.evaluate',
    params,
  );
  return result.value;
}

/** Collects garbage, and counts the objects that are left. */
async function countTimers(inspector: Inspector): Promise<number> {
  const prototype = await inspector.call<RemoteObject>('Runtime.evaluate', {
    expression: TIMER_PROTOTYPE,
  });
  const { objects } = await inspector.call<{ objects: { objectId: string } }>(
    'Runtime.queryObjects',
    { prototypeObjectId: prototype.result.objectId, objectGroup: GROUP },
  );
  const { result } = await inspector.call<{ result: { value: number } }>('Runtime.callFunctionOn', {
    functionDeclaration: 'function () { return this.length; }',
    objectId: objects.objectId,
    returnByValue: true,
  });
  // The inspector would keep what it has shown.
  await inspector.call('Runtime.releaseObjectGroup', { objectGroup: GROUP });
  await inspector.call('Runtime.releaseObject', { objectId: prototype.result.objectId });
  return result.value;
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
