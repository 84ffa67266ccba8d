import { expect, it } from 'vitest';
import { SeldomLog } from '../../../src/daemon/seldom-log.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { logInto } from '../../helpers/log-into.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock, 100);
  const lines: object[] = [];
  const seldom = new SeldomLog(logInto(lines), wheel);
  const pass = (ms: number) => {
    clock.pass(ms);
    wheel.advance();
  };
  return { seldom, lines, pass, wheel };
}

const line = (facts: object) => ({ level: 'warn', msg: 'full', ...facts });

it('says the first at once, and every ten seconds how many there were since', () => {
  const { seldom, lines, pass } = setUp();
  for (let client = 0; client < 1000; client++) seldom.warn('web', { client }, 'full');
  expect(lines).toEqual([line({ client: 0 })]);
  pass(10_200);
  expect(lines.slice(1)).toEqual([line({ client: 999, times: 999 })]);
  seldom.warn('web', { client: 1000 }, 'full');
  pass(10_200);
  expect(lines.slice(2)).toEqual([line({ client: 1000, times: 1 })]);
});

it('forgets what has not been said for ten seconds', () => {
  const { seldom, lines, pass, wheel } = setUp();
  seldom.warn('web', {}, 'full');
  pass(10_200);
  expect(wheel.size).toBe(0);
  seldom.warn('web', {}, 'full');
  expect(lines).toEqual([line({}), line({})]);
});

it('keeps apart what differs in subject or message', () => {
  const { seldom, lines } = setUp();
  seldom.warn('web', {}, 'full');
  seldom.warn('api', {}, 'full');
  seldom.error('web', {}, 'broken');
  expect(lines).toEqual([line({}), line({}), { level: 'error', msg: 'broken' }]);
});
