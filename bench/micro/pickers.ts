import { Backend } from '../../src/backend/backend.ts';
import type { Algorithm, BuildContext } from '../../src/balancing/algorithm.ts';
import { algorithms } from '../../src/balancing/catalog.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import { seededRandom } from '../../src/foundation/seeded-random.ts';
import { measure } from './measure.ts';

// What a pick costs, for every algorithm of the catalog: one that is added is measured. With each pick goes what an
// exchange does to the counts that algorithms look at: the chosen backend gets one more, the longest served one less.

const inFlight = 64;
const context: BuildContext = {
  previous: null,
  random: seededRandom(1),
  now: () => systemClock.now(),
};

function backendsOf(count: number, weighted: boolean): readonly Backend[] {
  return Array.from({ length: count }, (_, n) => {
    const address = { kind: 'tcp', host: '10.0.0.1', port: 3000 + n } as const;
    const weight = weighted ? 1 + (n % 5) : 1;
    const options = { weight, maxConnections: 0, backup: false };
    return new Backend(`backend-${n}`, 'app', address, 0, options);
  });
}

/** The defaults of an algorithm's options, which a configuration would have been filled up with. */
function defaultsOf({ optionsSchema }: Algorithm): object {
  const properties: object = optionsSchema['properties'] ?? {};
  const defaults = Object.entries(properties).flatMap(([name, schema]) =>
    'default' in schema ? [[name, schema.default]] : [],
  );
  return Object.fromEntries(defaults);
}

function measurePicks(algorithm: Algorithm, backends: readonly Backend[]): void {
  const picker = algorithm.build(backends, defaultsOf(algorithm), context);
  const change = (index: number, by: number) => {
    backends[index]!.active += by; // a picker answers with an index into what it was built for
    picker.loadChanged?.(index);
  };
  const served = new Int32Array(inFlight);
  for (let i = 0; i < inFlight; i++) {
    served[i] = picker.pick(i);
    change(served[i]!, 1);
  }
  let at = 0;
  const label = `${algorithm.name}, ${backends.length.toLocaleString('en')} backends`;
  measure(label, (count) => {
    for (let i = 0; i < count; i++) {
      const chosen = picker.pick(Math.imul(i, 0x9e3779b1)); // spread over all keys
      change(chosen, 1);
      change(served[at]!, -1);
      served[at] = chosen;
      at = (at + 1) % inFlight;
    }
    return at;
  });
}

for (const algorithm of algorithms) {
  for (const count of [10, 100, 1000]) {
    measurePicks(algorithm, backendsOf(count, algorithm.weighted));
  }
}
