import { describe, expect, it } from 'vitest';
import type { BackendChild, BackendMode } from '../../helpers/backend-child.ts';
import { describeWith } from '../../helpers/requires.ts';
import { CLIENTS } from '../../helpers/start-load.ts';
import { mayPartition, startRemoteBackend } from '../../helpers/start-partition.ts';
import { attemptsAllowed, Fleet, noticedWithinMs, startBackendChild, type Way } from './fleet.ts';

/** A backend that can be broken in one way, and mended. */
interface Victim {
  readonly address: string;
  inflict(): Promise<unknown>;
  heal(): Promise<unknown>;
}

/** What happens to a backend process. */
interface Fault {
  readonly name: string;
  of(backend: BackendChild): Victim;
}

/** Told to by its parent; the process itself lives. */
function misbehaviour(name: string, mode: BackendMode): Fault {
  return {
    name,
    of: (backend) => ({
      address: backend.address,
      inflict: () => backend.setMode(mode),
      heal: () => backend.setMode('well'),
    }),
  };
}

const kill: Fault = {
  name: 'kill -9',
  of: (backend) => ({
    address: backend.address,
    inflict: () => backend.kill(),
    heal: () => startBackendChild(backend.name, backend),
  }),
};

const stop: Fault = {
  name: 'SIGSTOP: accepts but never answers',
  of: (backend) => ({
    address: backend.address,
    inflict: async () => backend.signal('SIGSTOP'),
    heal: async () => backend.signal('SIGCONT'),
  }),
};

const closed = misbehaviour('port closed', 'closed');
const reset = misbehaviour('RST instead of a response', 'reset');
const drip = misbehaviour('slow drip', 'drip');
/** The beginning of a response is no failure that traffic would count: only a probe that wants the body can tell. */
const cut = misbehaviour('RST mid-response', 'cut');

function startBackends(count: number): Promise<BackendChild[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => startBackendChild(`backend-${at}`)));
}

/** Others answer, and the victims are not even asked. */
async function expectDetour(fleet: Fleet, victims: readonly Victim[], way: Way): Promise<void> {
  const attempts = () => Promise.all(victims.map(({ address }) => fleet.attemptsOn(address)));
  const before = await attempts();
  await fleet.load.more(100);
  const after = await attempts();
  for (const [at, count] of after.entries()) {
    expect(count - before[at]!, victims[at]!.address).toBeLessThanOrEqual(attemptsAllowed[way]);
  }
}

/** Breaks the victims, waits until lb has noticed every one in time, mends them, waits until all are back. */
async function breakAndMend(fleet: Fleet, victims: readonly Victim[], way: Way): Promise<void> {
  const { load } = fleet;
  const brokenMs = Date.now();
  for (const victim of victims) await victim.inflict();
  for (const { address } of victims) {
    const noticedMs = await fleet.untilNoticed(address, brokenMs);
    expect(noticedMs - brokenMs, `noticing ${address}`).toBeLessThan(noticedWithinMs[way]);
  }
  await fleet.expectAgreement();
  if (victims.length < fleet.addresses.length) await expectDetour(fleet, victims, way);
  for (const victim of victims) await victim.heal();
  for (const { address } of victims) await fleet.untilUp(address);
  await load.more(50);
  await fleet.expectAgreement();
}

const ALL_FAIL = 'every backend fails at once: probably lb itself or the network; none is ejected';
const ways: readonly Way[] = ['traffic', 'probes'];

describe.each(ways)('by %s alone', (way) => {
  it.each([kill, stop, closed, reset, drip])('loses no GET to one of two: $name', async (fault) => {
    const backends = await startBackends(2);
    const fleet = await Fleet.start(backends, way);
    await breakAndMend(fleet, [fault.of(backends[0]!)], way);
    await fleet.load.answerOf('backend-0');
    expect(fleet.load.lost).toEqual([]);
    await fleet.expectCountsAddUp();
  });

  it.each([kill, stop])('loses no GET to half of four: $name', async (fault) => {
    const backends = await startBackends(4);
    const fleet = await Fleet.start(backends, way);
    const victims = backends.slice(0, 2).map((backend) => fault.of(backend));
    await breakAndMend(fleet, victims, way);
    expect(fleet.load.lost).toEqual([]);
    await fleet.expectCountsAddUp();
  });

  it('loses no GET to one of two that comes and goes every second', async () => {
    const backends = await startBackends(2);
    const fleet = await Fleet.start(backends, way);
    await backends[0]!.setMode('flap');
    await backends[0]!.untilFlaps(6);
    await backends[0]!.setMode('well');
    await fleet.untilUp(backends[0]!.address);
    await fleet.load.answerOf('backend-0');
    await fleet.expectAgreement();
    expect(fleet.load.lost).toEqual([]);
    await fleet.expectCountsAddUp();
  });
});

it('cuts what a backend that resets mid-response had begun, and loses nothing else', async () => {
  const backends = await startBackends(2);
  const fleet = await Fleet.start(backends, 'probes');
  await breakAndMend(fleet, [cut.of(backends[0]!)], 'probes');
  const { load } = fleet;
  expect(load.cut).toBeGreaterThan(0);
  expect(load.lost.length, load.lost.join(', ')).toBe(load.cut);
  await fleet.expectCountsAddUp();
});

it.each([kill, stop])('answers again by itself after all were gone: $name', async (fault) => {
  const backends = await startBackends(2);
  const fleet = await Fleet.start(backends, 'probes');
  const victims = backends.map((backend) => fault.of(backend));
  await breakAndMend(fleet, victims, 'probes');
  const { load } = fleet;
  expect(load.lost.length).toBeGreaterThan(0);
  const before = load.lost.length;
  for (const { name } of backends) await load.answerOf(name);
  await load.more(50);
  expect(load.lost.slice(before)).toEqual([]);
  await fleet.expectCountsAddUp();
});

it('goes on asking all when all fail at once, so that traffic comes back with the first', async () => {
  const backends = await startBackends(2);
  const fleet = await Fleet.start(backends, 'traffic');
  const victims = backends.map((backend) => kill.of(backend));
  await Promise.all(victims.map((victim) => victim.inflict()));
  await fleet.load.moreLost(20);
  await fleet.lb.line({ level: 'warn', pool: 'app', msg: ALL_FAIL });
  await fleet.expectAgreement();
  await victims[0]!.heal();
  await fleet.load.answerOf('backend-0');
  await fleet.untilUp(backends[0]!.address);
  const before = fleet.load.lost.length;
  await fleet.load.more(100);
  expect(fleet.load.lost.length - before).toBeLessThanOrEqual(CLIENTS); // one per client was under way
  await fleet.expectCountsAddUp();
});

describeWith('ip')('a partition that drops packets', () => {
  it.runIf(mayPartition()).each(ways)('loses no GET, by %s alone', async (way) => {
    const near = await startBackendChild('near');
    const { backend: far, partition, mend } = await startRemoteBackend('far');
    const fleet = await Fleet.start([near, far], way);
    await breakAndMend(fleet, [{ address: far.address, inflict: partition, heal: mend }], way);
    await fleet.load.answerOf('far');
    expect(fleet.load.lost).toEqual([]);
    await fleet.expectCountsAddUp();
  });
});
