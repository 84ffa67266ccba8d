import { describe, expect, it } from 'vitest';
import { IdleLimit } from '../../../src/backend/idle-limit.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

describe('IdleLimit', () => {
  it('knows no limit before it has learned one', () => {
    expect(new IdleLimit().ms(0)).toBe(Infinity);
  });

  it('stays a fifth below what responses announce, the latest of them', () => {
    const limit = new IdleLimit();
    limit.announce(5);
    expect(limit.ms(0)).toBe(4000);
    limit.announce(65);
    expect(limit.ms(0)).toBe(52_000);
  });

  it('never keeps a connection to a backend that announces 0', () => {
    const limit = new IdleLimit();
    limit.announce(0);
    expect(limit.ms(0)).toBe(0);
  });

  it('stays a fifth below the age at which the backend closed a connection', () => {
    const limit = new IdleLimit();
    limit.observeClose(1000, 5000);
    expect(limit.ms(5000)).toBe(800);
    limit.observeClose(1500, 6500);
    expect(limit.ms(6500)).toBe(1200);
  });

  it('goes by the shorter one of what is announced and what is done', () => {
    const limit = new IdleLimit();
    limit.announce(5);
    limit.observeClose(1000, 0);
    expect(limit.ms(0)).toBe(800);
    limit.announce(1);
    limit.observeClose(3000, 1000);
    expect(limit.ms(1000)).toBe(800);
  });

  it('takes only the first close of many at once for one of its own accord', () => {
    const limit = new IdleLimit();
    limit.observeClose(3000, 10_000);
    limit.observeClose(20, 10_001);
    limit.observeClose(10, 10_090);
    expect(limit.ms(10_090)).toBe(2400);
  });

  it('forgets a close step by step, unless another one confirms it', () => {
    const limit = new IdleLimit();
    const clock = new ManualClock(1000);
    limit.observeClose(1000, clock.now());
    clock.pass(59_999);
    expect(limit.ms(clock.now())).toBe(800);
    clock.pass(1);
    expect(limit.ms(clock.now())).toBe(1600);
    limit.observeClose(1000, clock.now());
    clock.pass(59_999);
    expect(limit.ms(clock.now())).toBe(800);
    clock.pass(120_001);
    expect(limit.ms(clock.now())).toBe(6400);
    clock.pass(3_600_000);
    expect(limit.ms(clock.now())).toBe(Infinity);
  });

  it('recovers from a close at once after the response, too', () => {
    const limit = new IdleLimit();
    limit.observeClose(0, 0);
    expect(limit.ms(0)).toBe(10);
    expect(limit.ms(10 * 60_000)).toBeGreaterThan(4000);
  });
});
