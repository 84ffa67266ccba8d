import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import { eligibleOf, type WhenAllDown } from '../../../src/pool/eligible.ts';
import { makeBackend } from '../../helpers/pool-parts.ts';

const fleet = () => ({
  a: makeBackend('a'),
  b: makeBackend('b'),
  spare: makeBackend('spare', { backup: true }),
});

const names = (backends: readonly Backend[], whenAllDown: WhenAllDown = 'fail_fast') =>
  eligibleOf(backends, whenAllDown).map(({ name }) => name);

describe('eligibleOf', () => {
  it('leaves the backups out while one primary is left', () => {
    const { a, b, spare } = fleet();
    expect(names([spare, a, b])).toEqual(['a', 'b']);
    a.healthy = false;
    expect(names([spare, a, b])).toEqual(['b']);
  });

  it.each<[string, (backend: Backend) => void]>([
    ['unhealthy', (backend) => (backend.healthy = false)],
    ['ejected', (backend) => (backend.ejected = true)],
    ['draining', (backend) => (backend.ordered = 'draining')],
    ['in maintenance', (backend) => (backend.ordered = 'maintenance')],
    ['of weight 0', (backend) => (backend.configuredWeight = 0)],
  ])('gives nothing new to a backend that is %s', (_, change) => {
    const { a, b, spare } = fleet();
    change(a);
    expect(names([a, b, spare])).toEqual(['b']);
    change(b);
    expect(names([a, b, spare])).toEqual(['spare']);
    change(spare);
    expect(names([a, b, spare])).toEqual([]);
  });

  it('never gives anything to a backend whose name has not resolved', () => {
    const { a, spare } = fleet();
    const address = { kind: 'tcp', host: 'api.test', port: 80 } as const;
    const named = new Backend('named', 'app', address, 0);
    expect(names([a, named, spare])).toEqual(['a']);
    for (const whenAllDown of ['fail_fast', 'try_all', 'backup'] as const) {
      expect(names([named], whenAllDown)).toEqual([]);
    }
    expect(named.keepsClients).toBe(false);
    named.endpoint.resolve(['10.0.0.1']);
    expect(names([a, named, spare])).toEqual(['a', 'named']);
    expect(named.keepsClients).toBe(true);
  });

  it('tries everybody when all are down and try_all says so, but never against an order', () => {
    const { a, b, spare } = fleet();
    a.healthy = false;
    b.ejected = true;
    spare.healthy = false;
    expect(names([a, b, spare], 'try_all')).toEqual(['a', 'b', 'spare']);
    a.ordered = 'draining';
    b.configuredWeight = 0;
    expect(names([a, b, spare], 'try_all')).toEqual(['spare']);
  });

  it('turns to the backups, well or not, when all are down and backup says so', () => {
    const { a, b, spare } = fleet();
    for (const backend of [a, b, spare]) backend.healthy = false;
    expect(names([a, b, spare], 'backup')).toEqual(['spare']);
    spare.ordered = 'maintenance';
    expect(names([a, b, spare], 'backup')).toEqual([]);
  });
});
