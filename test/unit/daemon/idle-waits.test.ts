import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import { IdleWaits } from '../../../src/daemon/idle-waits.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

function makeWaits() {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  const waits = new IdleWaits(wheel);
  const backend = new Backend('a', 'p', { kind: 'tcp', host: 'h', port: 1 }, 0);
  backend.ordered = 'draining';
  backend.active = 2;
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.pass(100);
      wheel.advance();
    }
    await Promise.resolve();
  };
  /** @returns whether it is over. */
  const begin = (waitMs: number, signal = new AbortController().signal) => {
    const state = { over: false, promise: Promise.resolve() };
    state.promise = waits.wait(backend, waitMs, signal).then(() => {
      state.over = true;
    });
    return state;
  };
  return { waits, wheel, backend, pass, begin };
}

describe('a wait until nothing is in flight', () => {
  it('is over at once where nothing is', async () => {
    const { backend, begin, wheel } = makeWaits();
    backend.active = 0;
    await begin(60_000).promise;
    expect(wheel.size).toBe(0);
  });

  it.each([
    ['the last has ended', (backend: Backend) => Object.assign(backend, { active: 0 })],
    ['it is ready again', (backend: Backend) => Object.assign(backend, { ordered: 'ready' })],
  ])('is over when %s', async (_, happen) => {
    const { backend, begin, pass, wheel } = makeWaits();
    const wait = begin(60_000);
    await pass(30_000);
    expect(wait.over).toBe(false);
    happen(backend);
    await pass(200);
    await wait.promise;
    expect(wheel.size).toBe(0);
  });

  it('is over in time, whatever is in flight', async () => {
    const { begin, pass } = makeWaits();
    const wait = begin(1000);
    await pass(800);
    expect(wait.over).toBe(false);
    await pass(500);
    await wait.promise;
  });

  it('is over when nobody waits any more, and leaves nothing behind', async () => {
    const { begin, wheel } = makeWaits();
    const left = new AbortController();
    const wait = begin(60_000, left.signal);
    left.abort();
    await wait.promise;
    expect(wheel.size).toBe(0);
  });

  it('is refused to the seventeenth, until one of the others is over', async () => {
    const { begin, backend, pass } = makeWaits();
    const waiting = Array.from({ length: 16 }, () => begin(60_000));
    await expect(begin(60_000).promise).rejects.toMatchObject({ code: 'BUSY' });
    backend.active = 0;
    await pass(200);
    await Promise.all(waiting.map(({ promise }) => promise));
    await begin(1000).promise;
  });
});
