import { expect, it, onTestFinished } from 'vitest';
import { EventLoop } from '../../../src/metrics/event-loop.ts';

function startEventLoop(): EventLoop {
  const eventLoop = new EventLoop();
  onTestFinished(() => eventLoop.stop());
  eventLoop.start();
  return eventLoop;
}

const untilLooked = ({ lag }: EventLoop, times: number) =>
  expect.poll(() => lag.count, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(times);

it('tells for how long nothing else could be done', async () => {
  const eventLoop = startEventLoop();
  await untilLooked(eventLoop, 1);
  const untilMs = performance.now() + 400;
  while (performance.now() < untilMs); // longer than it is to the next look
  await untilLooked(eventLoop, 2);
  // The look was due 100 ms after the one before.
  expect(eventLoop.lag.quantileMs(1)).toBeGreaterThan(250);
});

it('tells how much of the time there was something to do', async () => {
  const eventLoop = startEventLoop();
  const active = eventLoop.activeSeconds;
  const idle = eventLoop.idleSeconds;
  const untilMs = performance.now() + 50;
  while (performance.now() < untilMs);
  await untilLooked(eventLoop, 2);
  expect(eventLoop.activeSeconds - active).toBeGreaterThan(0.045);
  expect(eventLoop.idleSeconds).toBeGreaterThan(idle);
});
