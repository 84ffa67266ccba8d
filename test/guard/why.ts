import { basename } from 'node:path';
import { findFreePort } from '../helpers/free-port.ts';
import { ClosedLoop, startOrigin } from './closed-loop.ts';
import { Inspector } from './inspector.ts';
import { Programs } from './programs.ts';
import { requests } from './requests.ts';

// `node test/guard/why.ts [small|browser|upload]`: where lb spends the CPU time of an exchange, and where it allocates.

const exchanges = 100_000;
const shownRows = 25;

interface Frame {
  readonly functionName: string;
  readonly url: string;
  /** Counted from 0. */
  readonly lineNumber: number;
}
interface CpuNode {
  readonly callFrame: Frame;
  readonly hitCount?: number;
}
interface HeapNode {
  readonly callFrame: Frame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

const nameOf = ({ functionName, url, lineNumber }: Frame) =>
  `${functionName || '(anonymous)'} ${url === '' ? '' : `${basename(url)}:${lineNumber + 1}`}`;

/** The heaviest frames, each with its share of all. */
function tableOf(title: string, weights: Iterable<readonly [Frame, number]>): string {
  const sums = new Map<string, number>();
  let total = 0;
  for (const [frame, weight] of weights) {
    sums.set(nameOf(frame), (sums.get(nameOf(frame)) ?? 0) + weight);
    total += weight;
  }
  const rows = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, shownRows);
  const lines = rows.map(([name, weight]) => {
    const percent = ((100 * weight) / total).toFixed(1);
    return `${percent.padStart(6)} %  ${name}`;
  });
  return [`\n${title}`, ...lines, ''].join('\n');
}

function* heapWeights(node: HeapNode): Generator<readonly [Frame, number]> {
  yield [node.callFrame, node.selfSize];
  for (const child of node.children) yield* heapWeights(child);
}

async function profile(request: Buffer): Promise<void> {
  const origin = await startOrigin();
  const programs = new Programs();
  try {
    const inspectorPort = await findFreePort();
    const lb = await programs.startLb(origin.port, [`--inspect=127.0.0.1:${inspectorPort}`]);
    const inspector = await Inspector.connect(inspectorPort);
    const loop = await ClosedLoop.open(lb.port);
    await loop.run(request, exchanges);

    await inspector.call('Profiler.enable');
    await inspector.call('Profiler.start');
    await loop.run(request, exchanges);
    const cpu = await inspector.call<{ profile: { nodes: CpuNode[] } }>('Profiler.stop');
    await inspector.call('Profiler.disable');
    const hits = cpu.profile.nodes
      .filter(({ callFrame }) => callFrame.functionName !== '(idle)')
      .map(({ callFrame, hitCount = 0 }) => [callFrame, hitCount] as const);
    process.stdout.write(tableOf('CPU time, without the callees', hits));

    // What was collected meanwhile counts: that is nearly all of it.
    await inspector.call('HeapProfiler.startSampling', {
      samplingInterval: 4096,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    await loop.run(request, exchanges);
    const heap = await inspector.call<{ profile: { head: HeapNode } }>('HeapProfiler.stopSampling');
    process.stdout.write(tableOf('Bytes allocated', heapWeights(heap.profile.head)));
    loop.close();
    inspector.close();
  } finally {
    await programs.stop();
    origin.stop();
  }
}

const [name = 'small'] = process.argv.slice(2);
const request = requests[name];
if (request === undefined) {
  process.stderr.write(`Cannot profile "${name}": need ${Object.keys(requests).join(', ')}\n`);
  process.exitCode = 2;
} else {
  await profile(request);
}
