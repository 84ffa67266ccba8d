import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { emptyTally, fuzz } from './campaign.ts';
import { requestSubject, responseSubject } from './subject.ts';

/** Always the same inputs, so that a failure is the fault of a change; and some that nobody has tried yet. */
const FIXED_SEEDS = [1, 2];
const NEW_SEED = randomInt(2 ** 31);

/** About half a minute for each kind of message on a busy machine. */
const SUBJECTS = [
  { ...requestSubject(), inputs: 110_000 },
  { ...responseSubject(), inputs: 190_000 },
];
const TIMEOUT_MS = 180_000;

describe.each(SUBJECTS)('$name, beside llhttp', (subject) => {
  const range = { from: 0, to: subject.inputs };

  it('are accepted only as llhttp reads them, wherever they are cut, and refused for every reason', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const tally = emptyTally();
    for (const seed of FIXED_SEEDS) expect(await fuzz(subject, seed, range, tally)).toBeNull();
    expect(tally.messages).toBeGreaterThan(subject.inputs / 4);
    expect(subject.reasons.filter((reason) => !tally.refusals.has(reason))).toEqual([]);
  });

  it(`are so with inputs never tried before: seed ${NEW_SEED}`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    expect(await fuzz(subject, NEW_SEED, range, emptyTally())).toBeNull();
  });
});
