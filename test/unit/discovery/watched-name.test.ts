import { expect, it, onTestFinished } from 'vitest';
import { TestDiscovery } from './make-discovery.ts';

function watch(random?: () => number) {
  const test = new TestDiscovery(random);
  onTestFinished(() => test.discovery.stop());
  return { test, name: test.watch('api.test') };
}

it('resolves a name at once, and again when its time to live is over', async () => {
  const { test, name } = watch();
  await test.answer(['10.0.0.2', '10.0.0.1'], 30_000);
  expect(name.addresses).toEqual(['10.0.0.1', '10.0.0.2']);
  test.pass(29_900);
  expect(test.asked).toHaveLength(1);
  test.pass(200);
  expect(test.asked).toHaveLength(2);
  await test.answer(['10.0.0.3'], 30_000);
  expect(name.addresses).toEqual(['10.0.0.3']);
  expect(test.told).toEqual([
    'api.test:  → 10.0.0.1,10.0.0.2',
    'api.test: 10.0.0.1,10.0.0.2 → 10.0.0.3',
  ]);
});

it.each([
  ['no time at all', 0, 1000],
  ['a week', 604_800_000, 300_000],
])(
  'resolves a name whose records live for %s again after bounded time',
  async (_, ttlMs, dueMs) => {
    const { test } = watch();
    await test.answer(['10.0.0.1'], ttlMs);
    test.pass(dueMs - 100);
    expect(test.asked).toHaveLength(1);
    test.pass(200);
    expect(test.asked).toHaveLength(2);
  },
);

it.each([
  [0, 54_000],
  [0.999_999, 66_000],
])('spreads resolutions by a tenth: %d gives %d ms', async (random, dueMs) => {
  const { test } = watch(() => random);
  await test.answer(['10.0.0.1'], 60_000);
  test.pass(dueMs - 200);
  expect(test.asked).toHaveLength(1);
  test.pass(300);
  expect(test.asked).toHaveLength(2);
});

it('says nothing when the same addresses come in another order', async () => {
  const { test } = watch();
  await test.answer(['10.0.0.1', 'fd00::1', '10.0.0.2'], 1000);
  test.pass(1100);
  await test.answer(['fd00::1', '10.0.0.2', '10.0.0.1'], 1000);
  expect(test.told).toEqual(['api.test:  → 10.0.0.1,10.0.0.2,fd00::1']);
});

it('keeps the last answer while DNS fails, and tells once of the failure and of its end', async () => {
  const { test, name } = watch();
  await test.answer(['10.0.0.1'], 1000);
  for (const code of ['ETIMEOUT', 'ESERVFAIL', 'ENOTFOUND', 'ENODATA']) {
    test.pass(40_000);
    await test.fail(code);
    expect(name.addresses).toEqual(['10.0.0.1']);
  }
  test.pass(40_000);
  await test.answer(['10.0.0.1'], 1000);
  expect(test.told.slice(1)).toEqual([
    'api.test: DNS did not answer in time',
    'api.test: recovered',
  ]);
  expect(name).toMatchObject({ answers: 2, failures: 4 });
});

it('asks again sooner after the first failures than after many', async () => {
  const { test } = watch();
  const delays: number[] = [];
  for (let turn = 0; turn < 7; turn++) {
    const asked = test.asked.length;
    await test.fail('ENOTFOUND');
    let waitedMs = 0;
    for (; test.asked.length === asked; waitedMs += 100) test.pass(100);
    delays.push(Math.round(waitedMs / 1000));
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, 30, 30]);
});

it('adds to what it knows when part of the question went unanswered, and removes nothing', async () => {
  const { test, name } = watch();
  await test.answer(['10.0.0.1', 'fd00::1'], 1000);
  test.pass(1100);
  await test.answer(['10.0.0.2'], 1000, true);
  expect(name.addresses).toEqual(['10.0.0.1', '10.0.0.2', 'fd00::1']);
});

it('gives up on a question without an end, and does not hear a late answer', async () => {
  const { test, name } = watch();
  test.pass(15_100);
  expect(test.told).toEqual(['api.test: DNS did not answer in time']);
  await test.answer(['10.0.0.1']);
  expect(name.addresses).toEqual([]);
  test.pass(1100);
  await test.answer(['10.0.0.2']);
  expect(name.addresses).toEqual(['10.0.0.2']);
});

it('uses no more addresses than there may be backends of one name', async () => {
  const { test, name } = watch();
  await test.answer(Array.from({ length: 300 }, (_, n) => `10.0.${n >> 8}.${n & 255}`));
  expect(name.addresses).toHaveLength(256);
});

it('leaves no timer behind, whether it was waiting or asking', async () => {
  const { test } = watch();
  test.watch('other.test');
  await test.answer(['10.0.0.1']);
  test.discovery.stop();
  expect(test.wheel.size).toBe(0);
  expect(test.cancelled).toBe(true);
});
