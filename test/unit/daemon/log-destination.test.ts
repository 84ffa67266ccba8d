import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LogDestination } from '../../../src/daemon/log-destination.ts';
import { openOutput } from '../../../src/daemon/open-output.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

function setUp(output: string) {
  const told: unknown[] = [];
  const destination = openOutput(output, {
    onTrouble: (...facts) => told.push(['trouble', ...facts]),
    onRecovered: (...facts) => told.push(['recovered', ...facts]),
    onGivenUp: (...facts) => told.push(['given up', ...facts]),
  });
  onTestFinished(() => destination.end());
  return { told, destination };
}

function makeFifo(): string {
  const path = join(makeTempDir(), 'lines');
  execFileSync('mkfifo', [path]);
  return path;
}

/** Reads what is there at each call. */
function openReader(path: string): () => string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(descriptor));
  const buffer = Buffer.alloc(1024 * 1024);
  return () => {
    try {
      return buffer.toString('latin1', 0, readSync(descriptor, buffer));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return '';
      throw error;
    }
  };
}

/** A line of this many bytes that tells its number. */
const lineOf = (number: number, length: number) => `${String(number).padEnd(length - 1, '.')}\n`;

/** Writes so many lines, in batches of a hundred. @returns the numbers of those that were taken. */
function writeLines(destination: LogDestination, count: number, length: number): number[] {
  const taken: number[] = [];
  for (let first = 0; first < count; first += 100) {
    const numbers = Array.from({ length: 100 }, (_, at) => first + at);
    const batch = numbers.map((number) => lineOf(number, length)).join('');
    if (destination.write(Buffer.from(batch))) taken.push(...numbers);
  }
  return taken;
}

const numbersIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => Number.parseInt(line, 10));

describe('a file', () => {
  it('gets every line once, in order, at once or together', async () => {
    const path = join(makeTempDir(), 'file.log');
    const { destination, told } = setUp(path);
    for (let round = 0; round < 3; round++) {
      writeLines(destination, 10_000, 300);
      await destination.settle(10_000);
    }
    const one = Array.from({ length: 10_000 }, (_, number) => number);
    expect(numbersIn(readFileSync(path, 'latin1'))).toEqual([...one, ...one, ...one]);
    expect(told).toEqual([]);
  });

  it('that is full keeps 16 MiB, drops what comes then, and says both once', async () => {
    const { destination, told } = setUp('/dev/full');
    expect(writeLines(destination, 100, 300)).toHaveLength(100);
    await expect.poll(() => told).toEqual([['trouble', '/dev/full', 'ENOSPC']]);
    const taken = writeLines(destination, 100_000, 300);
    expect(taken.length).toBeGreaterThan(50_000);
    expect(taken.length * 300).toBeLessThanOrEqual(16 * 1024 * 1024);
    await destination.settle(1);
    expect(told).toHaveLength(1);
  });
});

describe('a named pipe', () => {
  it('is opened and written whether anybody reads it or not', async () => {
    const path = makeFifo();
    const { destination } = setUp(path);
    destination.write(Buffer.from('first\n'));
    const read = openReader(path);
    await expect.poll(read).toBe('first\n');
  });

  it('that nobody reads loses what is beyond the bound, and nothing else', async () => {
    const path = makeFifo();
    const { destination, told } = setUp(path);
    const taken = writeLines(destination, 100_000, 300);
    expect(taken.length).toBeLessThan(100_000);
    expect(told).toEqual([['trouble', path, 'it does not take what is written']]);
    const read = openReader(path);
    const texts: string[] = [];
    const all = () => {
      texts.push(read());
      return told.length;
    };
    await expect.poll(all, { interval: 1, timeout: 20_000 }).toBe(2);
    texts.push(read());
    expect(numbersIn(texts.join(''))).toEqual(taken);
    expect(told[1]).toEqual(['recovered', path, 100_000 - taken.length]);
  });
});
