import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { TurnClock } from '../../../src/foundation/clock.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

it('asks its source once per turn of the event loop', async () => {
  const source = new ManualClock();
  const clock = new TurnClock(source);
  const first = clock.now();
  source.pass(5);
  expect(clock.now()).toBe(first);
  await nextTurn();
  await nextTurn();
  expect(clock.now()).toBe(first + 5);
});
