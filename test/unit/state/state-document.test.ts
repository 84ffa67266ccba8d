import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OverlayEntry } from '../../../src/overlay/overlay.ts';
import {
  describeState,
  parseState,
  renderState,
  type State,
} from '../../../src/state/state-document.ts';
import { eject, NOON, TestOwner } from './make-owner.ts';

const name = fc.string({ minLength: 1, maxLength: 20, unit: 'binary' });
const why = fc.string({ maxLength: 60, unit: 'binary' });
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const about = { pool: name, backend: name, who: name, why, sinceMs: time };
const weight = fc.nat(1000);
const removed = fc.record({ kind: fc.constant('removed' as const), ...about });
const weighed = fc.record({ kind: fc.constant('weight' as const), ...about, weight });
const added = fc
  .record({ ...about, weight, maxConnections: fc.nat(1_000_000), backup: fc.boolean() })
  .map(({ weight, maxConnections, backup, ...rest }): OverlayEntry => {
    const address = { kind: 'tcp', host: '10.0.0.1', port: 80 } as const;
    const config = {
      name: rest.backend,
      address,
      weight,
      maxConnections,
      backup,
      resolve: 'one',
    } as const;
    return { kind: 'added', ...rest, config };
  });

const anyState: fc.Arbitrary<State> = fc.record({
  writtenMs: time,
  backends: fc.array(
    fc.record({
      pool: name,
      backend: name,
      address: name,
      observed: maybe(fc.record({ value: fc.boolean(), why, sinceMs: time })),
      ejected: maybe(
        fc.record({
          value: fc.constant('open' as const),
          why,
          sinceMs: time,
          untilMs: time,
          level: fc.nat(10),
        }),
      ),
      ordered: maybe(
        fc.record({
          value: fc.constantFrom('ready', 'draining', 'maintenance'),
          who: name,
          why,
          sinceMs: time,
        }),
      ),
    }),
    { maxLength: 5 },
  ),
  overlay: fc.array(fc.oneof(weighed, added, removed), { maxLength: 3 }),
});

it('reads every state that it has written', () => {
  const property = fc.property(anyState, (state) => {
    expect(parseState(renderState(state))).toEqual(state);
  });
  fc.assert(property);
});

it('refuses every beginning of a file', () => {
  const owner = new TestOwner();
  owner.get('a').observe(false, 'refused');
  eject(owner.get('b'));
  owner.get('c').order('draining', 'new disk', 'ann');
  const text = renderState(describeState(owner, NOON));
  for (let length = 0; length < text.trimEnd().length; length++) {
    expect(() => parseState(text.slice(0, length)), `${length}`).toThrow(Error);
  }
  expect(parseState(text).backends).toHaveLength(3);
});

it('gives a state or an error, and nothing else, for any text and any JSON', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((json) => `{"version":1,"written":"2026-11-22","backends":${json}}`),
    fc.json().map((json) => `{"version":1,"written":"2026-11-22","backends":[${json}]}`),
  );
  const property = fc.property(anything, (text) => {
    try {
      expect(Array.isArray(parseState(text).backends)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

it.each([
  ['', 'Unexpected end of JSON input'],
  ['[]', 'the document must be a map'],
  ['{"version":2}', 'version 2 is not 1, which lb knows'],
  ['{"version":"1"}', 'version must be a whole number from 0 to'],
  ['{"version":1,"written":"soon"}', 'written must be a time such as'],
  ['{"version":1,"written":"2026-11-22","backends":{}}', 'backends must be a list'],
  [
    '{"version":1,"written":"2026-11-22","backends":[{"pool":7}]}',
    'backends[0].pool must be a text',
  ],
  [entryWith('"observed":{"healthy":"no"}'), 'backends[0].observed.healthy must be true or false'],
  [
    entryWith('"ordered":{"order":"stop"}'),
    'backends[0].ordered.order must be ready, draining, maintenance',
  ],
])('says what is wrong with %s', (text, message) => {
  expect(() => parseState(text)).toThrow(message);
});

function entryWith(fact: string): string {
  const entry = `{"pool":"p","backend":"b","address":"c:1",${fact}}`;
  return `{"version":1,"written":"2026-11-22","backends":[${entry}]}`;
}

it('ignores keys that it does not know', () => {
  const text = entryWith('"weight":{"value":3}').replace('{', '{"lb":"9.9",');
  expect(parseState(text).backends[0]).toMatchObject({ pool: 'p', ordered: null });
});

it('says nothing of a backend of which nothing is known', () => {
  const [entry] = describeState(new TestOwner(), NOON).backends;
  expect(entry).toEqual({
    pool: 'app',
    backend: 'a',
    address: '127.0.0.1:1',
    observed: null,
    ejected: null,
    ordered: null,
  });
});

it('bounds what people and checks of their own say', () => {
  const owner = new TestOwner();
  owner.get('a').observe(false, 'x'.repeat(1_000_000));
  owner.get('b').order('draining', 'y'.repeat(1_000_000), 'z'.repeat(1_000_000));
  expect(renderState(describeState(owner, NOON)).length).toBeLessThan(3000);
});
