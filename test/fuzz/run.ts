/**
 * Fuzzes for a while: `npm run fuzz -- --seconds 600 --seed 1`. Without a seed one is drawn; it is printed, and the same
 * seed gives the same inputs in the same order. Ends with 1 at the first failure.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { emptyTally, fuzz, type Tally } from './campaign.ts';
import { requestSubject, responseSubject, type Subject } from './subject.ts';

/** Inputs between two looks at the clock. */
const SLICE = 4096;
const PROGRESS_MS = 10_000;

interface Campaign {
  readonly subject: Subject;
  readonly tally: Tally;
  /** Time spent on it. */
  spentMs: number;
}

async function runFor(
  campaigns: readonly Campaign[],
  seed: number,
  endMs: number,
): Promise<string | null> {
  let progressMs = performance.now() + PROGRESS_MS;
  for (let from = 0; performance.now() < endMs; from += SLICE) {
    for (const campaign of campaigns) {
      const startMs = performance.now();
      const range = { from, to: from + SLICE };
      const failure = await fuzz(campaign.subject, seed, range, campaign.tally);
      campaign.spentMs += performance.now() - startMs;
      if (failure !== null) return failure;
    }
    if (performance.now() < progressMs) continue;
    progressMs += PROGRESS_MS;
    say(campaigns.map(progressOf).join('; '));
  }
  return null;
}

function progressOf({ subject, tally, spentMs }: Campaign): string {
  const perSecond = Math.round((tally.inputs * 1000) / spentMs);
  return `${subject.name}: ${tally.inputs} inputs, ${perSecond}/s, ${tally.messages} messages accepted`;
}

function summaryOf(campaign: Campaign): string {
  const { tally, subject } = campaign;
  const unmet = subject.reasons.filter((reason) => !tally.refusals.has(reason));
  const refusals = [...tally.refusals].sort(([first], [second]) => (first < second ? -1 : 1));
  return [
    `\n${progressOf(campaign)}`,
    'refused, by reason             also by llhttp   only by us',
    ...refusals.map(
      ([reason, { alsoByLlhttp, onlyByUs }]) =>
        `  ${reason.padEnd(29)}${String(alsoByLlhttp).padStart(13)}${String(onlyByUs).padStart(13)}`,
    ),
    `reasons never met: ${unmet.length === 0 ? 'none' : unmet.join(', ')}`,
    'accepted, though llhttp reads otherwise:',
    ...subject.tolerances.map(
      ({ name, because }) => `  ${name}: ${tally.tolerated.get(name) ?? 0} (${because})`,
    ),
  ].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
if (!(seconds > 0) || !Number.isSafeInteger(seed)) {
  throw new Error(
    `Cannot fuzz for ${values.seconds} s with seed ${values.seed}: numbers are needed`,
  );
}
say(`seed ${seed}, ${seconds} s`);
const campaigns = [requestSubject(), responseSubject()].map((subject) => ({
  subject,
  tally: emptyTally(),
  spentMs: 0,
}));
const failure = await runFor(campaigns, seed, performance.now() + seconds * 1000);
for (const campaign of campaigns) say(summaryOf(campaign));
if (failure !== null) {
  say(`\n${failure}`);
  process.exitCode = 1;
}
