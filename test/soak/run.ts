/**
 * Soaks lb: faults, reloads and load together, for a long time. `npm run soak -- --seconds 60 --seed 1`; half an hour
 * and a drawn seed by default. The seed is printed: it repeats the faults and reloads, though not what meets them when.
 *
 * It goes in rounds. After each everything is mended and ended, and what lb then holds is measured. Ends with 1 when it
 * holds more than after the first round, or when clients, access log and metrics have not counted the same.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../fuzz/random.ts';
import { readMetricsOf } from '../helpers/metrics.ts';
import { configOf } from './config.ts';
import { SoakLoad } from './load.ts';
import { readOptions, type SoakOptions } from './options.ts';
import { type Sample, takeSample } from './sample.ts';
import { Subject } from './subject.ts';
import { Backends, Unrest } from './unrest.ts';
import { discrepancies, leaksBetween } from './verdict.ts';

/** Longest round; shorter soaks have three, the first of which only warms up. */
const ROUND_SECONDS = 60;
const MIN_ROUNDS = 3;
/** lb writes its access lines within half a second. */
const LINES_WITHIN_MS = 1000;

async function main(options: SoakOptions): Promise<number> {
  say(`seed ${options.seed}, ${options.seconds} s`);
  const folder = mkdtempSync(join(tmpdir(), 'lb-soak-'));
  const backends = await Backends.start();
  const config = configOf(backends.all, 'round_robin');
  const subject = await Subject.start(join(folder, 'lb.yaml'), config);
  // Whatever ends the soak early, nothing outlives it.
  process.once('exit', () => {
    subject.kill();
    for (const backend of backends.all) backend.signal('SIGKILL');
  });
  process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1));
  try {
    const problems = await soak(subject, backends, options);
    for (const problem of problems) say(`PROBLEM ${problem}`);
    say(problems.length === 0 ? 'passed' : `failed: --seed ${options.seed}`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    subject.kill();
    await backends.kill();
    rmSync(folder, { recursive: true });
  }
}

/** @returns what is wrong. */
async function soak(
  subject: Subject,
  backends: Backends,
  { seconds, seed }: SoakOptions,
): Promise<readonly string[]> {
  const rounds = Math.max(MIN_ROUNDS, Math.round(seconds / ROUND_SECONDS));
  const load = new SoakLoad(subject, new Random(seed));
  const unrest = new Unrest(backends, subject, new Random(seed));
  const samples: Sample[] = [];
  for (let round = 1; round <= rounds; round++) {
    load.start();
    await unrest.run((seconds * 1000) / rounds);
    await load.stop();
    const sample = await takeSample(subject);
    samples.push(sample);
    say(`round ${round} of ${rounds}: ${load.requests} requests, ${storyOf(sample)}`);
  }
  await delay(LINES_WITHIN_MS);
  const metrics = await readMetricsOf(subject.address('admin'));
  say(`faults: ${wordsFor(Object.fromEntries(unrest.faults))}; reloads: ${subject.reloads}`);
  say(`requests: ${wordsFor(load.outcomes)}`);
  say(`sessions: ${load.webSockets} WebSocket, ${load.tcpSessions} TCP`);
  const exitCode = await subject.stop();
  return [
    ...leaksBetween(samples[0]!, samples.at(-1)!), // there are three at least
    ...discrepancies(load, subject, metrics),
    ...(subject.complaints === '' ? [] : [`lb complains: ${subject.complaints}`]),
    ...(exitCode === 0 ? [] : [`lb ended with ${exitCode}`]),
  ];
}

function storyOf({ openFiles, timers, heapBytes, residentBytes }: Sample): string {
  const [heap, resident] = [heapBytes, residentBytes].map((bytes) => (bytes / 1024).toFixed(0));
  return `${openFiles} files, ${timers} timers, heap ${heap} KiB, resident ${resident} KiB`;
}

function wordsFor(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main(readOptions(process.argv.slice(2)));
