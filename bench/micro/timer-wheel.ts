import { type Clock, systemClock } from '../../src/foundation/clock.ts';
import { TimerWheel, WheelTimer } from '../../src/foundation/timer-wheel.ts';
import { measure } from './measure.ts';

// What a deadline costs: set, moved, dropped, and carried along by the wheel while 10,000 of them wait.

let nowMs = 0;
const clock: Clock = { now: () => nowMs };
const wheel = new TimerWheel(clock);
const owner = { onDeadline: (timer: WheelTimer) => wheel.schedule(timer, 60_000) };
const timers = Array.from({ length: 10_000 }, () => new WheelTimer(owner));
const timerAt = (index: number) => timers[index % timers.length] as WheelTimer;

measure('read the system clock', (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += systemClock.now();
  return sum;
});

measure('schedule later, clock read by the caller', (count) => {
  const timer = timerAt(0);
  for (let i = 0; i < count; i++) wheel.schedule(timer, 30_000 + (i & 1023), 0);
  return timer.deadlineMs;
});

measure('schedule later, 10,000 timers in turn', (count) => {
  for (let i = 0; i < count; i++) wheel.schedule(timerAt(i), 60_000 + (i & 1023), 0);
  return wheel.size;
});

measure('schedule and cancel', (count) => {
  const timer = timerAt(0);
  for (let i = 0; i < count; i++) {
    wheel.schedule(timer, 30_000, 0);
    wheel.cancel(timer);
  }
  return wheel.size;
});

measure('schedule, move earlier, cancel', (count) => {
  const timer = timerAt(0);
  for (let i = 0; i < count; i++) {
    wheel.schedule(timer, 60_000, 0);
    wheel.schedule(timer, 30_000, 0);
    wheel.cancel(timer);
  }
  return wheel.size;
});

// Every timer passes once a minute and is set again: 17 of them in each tick.
timers.forEach((timer, n) => {
  wheel.schedule(timer, 6 * n);
});
measure('advance one tick, 10,000 timers of 60 s', (count) => {
  for (let i = 0; i < count; i++) {
    nowMs += 100;
    wheel.advance();
  }
  return wheel.size;
});

// Every timer is moved later before its slot comes, as on a busy connection: none passes, each is put back once a minute.
measure('advance one tick, 10,000 timers moved in time', (count) => {
  for (let i = 0; i < count; i++) {
    nowMs += 100;
    if (i % 300 === 0) for (const timer of timers) wheel.schedule(timer, 60_000);
    wheel.advance();
  }
  return wheel.size;
});
