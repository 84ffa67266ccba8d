import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/config/snapshot.ts';
import { LbError } from '../../../src/foundation/lb-error.ts';
import { applyOverlay } from '../../../src/overlay/apply-overlay.ts';
import { add, type Overlaying, remove, reset, weigh } from '../../../src/overlay/edit-overlay.ts';
import type { Overlay, OverlayEntry } from '../../../src/overlay/overlay.ts';
import { snapshotOf } from '../config/parse.ts';

const by = { who: 'ann@host', why: 'test', sinceMs: 0 };

/** A file with these backends, by name, at ports of their own. */
function fileOf(pools: Readonly<Record<string, readonly string[]>>): Snapshot {
  const texts = Object.entries(pools).map(([name, backends]) => {
    const list = backends.map((each) => `{ name: ${each}, address: "h:${portOf(each)}" }`);
    return `${name}: { algorithm: weighted_random, backends: [${list.join(', ')}] }`;
  });
  const [first = ''] = Object.keys(pools);
  return snapshotOf(
    `listeners: [{ bind: ":1", pool: ${first} }]\npools: { ${texts.join(', ')} }\n`,
  );
}

const portOf = (name: string) => name.charCodeAt(0);
const newBackend = (name: string) => {
  return { name, address: `h:${portOf(name)}`, weight: 1, maxConnections: 0, backup: false };
};
const namesOf = ({ pools }: Snapshot) =>
  pools.map(({ name, backends }) => [name, backends.map((backend) => backend.name)]);

type Edit = (from: Overlaying) => Overlay;

const name = fc.constantFrom('a', 'b', 'c', 'd');
const pool = fc.constantFrom('p', 'q', 'gone');
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(pool, name, fc.nat(5)).map(
    ([pool, backend, weight]): Edit =>
      (from) =>
        weigh(from, { pool, backend }, weight, by),
  ),
  fc.tuple(pool, name).map(
    ([pool, each]): Edit =>
      (from) =>
        add(from, pool, newBackend(each), by),
  ),
  fc.tuple(pool, name).map(
    ([pool, backend]): Edit =>
      (from) =>
        remove(from, { pool, backend }, by),
  ),
  fc.tuple(pool, name).map(
    ([pool, backend]): Edit =>
      (from) =>
        reset(from, { pool, backend }),
  ),
);
const someNames = fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 });
const anyFile = fc.record({ p: someNames, q: someNames }).map(fileOf);

/** What an edit makes of an overlay; nothing, when it is refused. */
function tried(overlay: Overlay, edit: () => Overlay): Overlay {
  try {
    return edit();
  } catch (error) {
    expect(error).toBeInstanceOf(LbError);
    return overlay;
  }
}

function edited(file: Snapshot, edits: readonly Edit[]): Overlay {
  return edits.reduce<Overlay>(
    (overlay, each) => tried(overlay, () => each({ file, overlay })),
    [],
  );
}

function expectHeld(entry: OverlayEntry, { pools }: Snapshot): void {
  const config = pools
    .find((each) => each.name === entry.pool)
    ?.backends.find((each) => each.name === entry.backend);
  if (entry.kind === 'removed') expect(config).toBeUndefined();
  if (entry.kind === 'added') expect(config).toEqual(entry.config);
  if (entry.kind === 'weight') expect(config?.weight).toBe(entry.weight);
}

describe('an overlay', () => {
  it('holds as it was ordered, and never leaves a pool without a backend', () => {
    fc.assert(
      fc.property(anyFile, fc.array(edit, { maxLength: 12 }), (file, edits) => {
        const overlay = edited(file, edits);
        const { snapshot, overlay: kept } = applyOverlay(file, overlay);
        for (const { backends } of snapshot.pools) {
          expect(backends.length).toBeGreaterThan(0);
          expect(new Set(backends.map((each) => each.name)).size).toBe(backends.length);
        }
        for (const entry of overlay) expectHeld(entry, snapshot);
        expect(kept.length).toBeLessThanOrEqual(overlay.length);
      }),
    );
  });

  it('means the same when it is applied again, and over another file as far as it can', () => {
    fc.assert(
      fc.property(anyFile, anyFile, fc.array(edit, { maxLength: 8 }), (file, other, edits) => {
        const overlay = edited(file, edits);
        const after = applyOverlay(other, overlay);
        expect(applyOverlay(other, after.overlay)).toEqual({ ...after, dropped: [] });
        expect(after.overlay.length + after.dropped.length).toBe(overlay.length);
        for (const { backends } of after.snapshot.pools) expect(backends).not.toEqual([]);
      }),
    );
  });

  it('is gone when each of its backends is reset', () => {
    fc.assert(
      fc.property(anyFile, fc.array(edit, { maxLength: 12 }), (file, edits) => {
        let overlay = edited(file, edits);
        // One that is refused has to wait for another one.
        for (let round = 0; round < 12; round++) {
          for (const { pool, backend } of overlay) {
            const before = overlay;
            overlay = tried(before, () => reset({ file, overlay: before }, { pool, backend }));
          }
        }
        expect(overlay).toEqual([]);
      }),
    );
  });
});

describe('an edit', () => {
  const file = fileOf({ p: ['a', 'b'] });

  it('of what was added changes it, and its removal leaves nothing behind', () => {
    const added = add({ file, overlay: [] }, 'p', newBackend('c'), by);
    const weighed = weigh({ file, overlay: added }, { pool: 'p', backend: 'c' }, 4, by);
    expect(weighed).toMatchObject([{ kind: 'added', config: { weight: 4 } }]);
    expect(remove({ file, overlay: weighed }, { pool: 'p', backend: 'c' }, by)).toEqual([]);
  });

  it('brings back what was removed by reset alone', () => {
    const overlay = remove({ file, overlay: [] }, { pool: 'p', backend: 'a' }, by);
    expect(namesOf(applyOverlay(file, overlay).snapshot)).toEqual([['p', ['b']]]);
    expect(() => weigh({ file, overlay }, { pool: 'p', backend: 'a' }, 2, by)).toThrow(
      'lb reset p/a',
    );
    expect(() => add({ file, overlay }, 'p', newBackend('a'), by)).toThrow('lb reset p/a');
    expect(reset({ file, overlay }, { pool: 'p', backend: 'a' })).toEqual([]);
  });

  it('says which file or backend stands in the way', () => {
    const other = fileOf({ p: ['c', 'd'] });
    const overlay = [
      ...add({ file, overlay: [] }, 'p', newBackend('c'), by),
      ...weigh({ file, overlay: [] }, { pool: 'p', backend: 'a' }, 4, by),
    ];
    expect(applyOverlay(other, overlay).dropped.map(({ because }) => because)).toEqual([
      'the file has this backend',
      'the backend is gone',
    ]);
    expect(
      applyOverlay(fileOf({ q: ['a'] }), overlay).dropped.map(({ because }) => because),
    ).toEqual(['the pool is gone', 'the pool is gone']);
  });
});
