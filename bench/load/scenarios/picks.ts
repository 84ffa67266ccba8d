import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { proxyCpu } from '../processes.ts';
import type { PeerOutcome } from '../summary.ts';
import type { Measurement, ModuleScenario } from './scenario.ts';

const micro = join(import.meta.dirname, '../../micro');

/** The programs that know how to time each module, and which of their cases belong here. */
const programs = [
  { file: join(micro, 'pickers.ts'), cases: /\b(10|100|1,000) backends/ },
  { file: join(micro, 'router.ts'), cases: /^(10|10,000) (exact|wildcard|paths|of)/ },
] as const;

export const picks: ModuleScenario = {
  kind: 'modules',
  name: 'picks',
  summary: 'lb alone: choosing a backend among 10, 100 and 1,000, a route among 10 and 10,000',
  costTitle: 'ns',
  costDigits: 1,
  details: [{ key: 'bytes', title: 'bytes allocated', digits: 1 }],
  measure: measurePicks,
};

/** A new process for each round: the compiler does not take the same decisions every time. */
async function measurePicks(rounds: number, signal: AbortSignal): Promise<readonly PeerOutcome[]> {
  const measured = new Map<string, Measurement[]>();
  for (let round = 0; round < rounds; round++) {
    for (const { file, cases } of programs) {
      const run = ['-c', String(proxyCpu), process.execPath, file];
      const { stdout } = await promisify(execFile)('taskset', run, { signal });
      for (const { name, measurement } of parseMicro(stdout)) {
        if (!cases.test(name)) continue;
        measured.set(name, [...(measured.get(name) ?? []), measurement]);
      }
    }
  }
  return [...measured].map(([name, all]) => ({
    kind: 'measured',
    name,
    version: '',
    rounds: all,
    halfLoadRounds: [],
  }));
}

/** @param stdout lines of bench/micro/measure.ts: name, median time, its range, bytes. */
export function parseMicro(
  stdout: string,
): readonly { readonly name: string; readonly measurement: Measurement }[] {
  const line = /^(\S.*?) {2,}([\d.]+) ns\/op.* (-?[\d.]+) bytes\/op$/gm;
  return [...stdout.matchAll(line)].map(([, name = '', ns, bytes]) => ({
    name,
    measurement: { cost: Number(ns), details: { bytes: Number(bytes) }, errors: [] },
  }));
}
