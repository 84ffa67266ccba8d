import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

const MIB = 1024 * 1024;

/** Bytes after which buffers, pages and compiled code have reached their working size. */
const WARM_BYTES = 64 * MIB;
const SAMPLE_EVERY_BYTES = 16 * MIB;
const MAX_GROWTH_MIB = 64;

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/**
 * Watches a process while bytes stream through it.
 *
 * @returns `onProgress`, to be called with the total so far, and `expectFlat`, which fails when memory grew by
 * more than 64 MiB over its level after the first 64 MiB of traffic. Off Linux there is nothing to read and both do
 * nothing.
 */
export function watchMemory(pid: number) {
  let nextSampleBytes = WARM_BYTES;
  const samplesMiB: number[] = [];
  return {
    onProgress(totalBytes: number): void {
      if (totalBytes < nextSampleBytes || process.platform !== 'linux') return;
      nextSampleBytes = totalBytes + SAMPLE_EVERY_BYTES;
      samplesMiB.push(residentMiB(pid));
    },
    expectFlat(): void {
      if (process.platform !== 'linux') return;
      expect(samplesMiB.length, 'samples of resident memory').toBeGreaterThan(1);
      const growthMiB = Math.max(...samplesMiB) - samplesMiB[0]!; // more than one sample
      expect(growthMiB, `resident MiB: ${samplesMiB.map(Math.round)}`).toBeLessThan(MAX_GROWTH_MIB);
    },
  };
}
