/**
 * What the design of lb.yaml names and this version does not do. It is refused, never ignored: a health check that
 * silently does not run is worse than none. Whoever builds a feature deletes its line here and adds it to schema.ts.
 * `*` stands for the name of a pool or the index in a list.
 */
const keys: readonly string[] = [
  'global.control',
  'global.state_file',
  'global.drain_timeout',
  'health_checks',
  'pools.*.backends.*.weight',
  'pools.*.backends.*.max_connections',
  'pools.*.backends.*.backup',
  'pools.*.sticky',
  'pools.*.health_check',
  'pools.*.passive_health',
  'pools.*.when_all_down',
  'pools.*.retries.budget',
  'pools.*.queue',
  'pools.*.slow_start',
  'pools.*.drain_timeout',
];

const algorithms: readonly string[] = [
  'weighted_round_robin',
  'least_connections',
  'weighted_least_connections',
  'ip_hash',
  'consistent_hash',
  'random',
  'power_of_two',
  'least_response_time',
];

/** @param path of the key from the root of the file. */
export function isKeyNotBuiltYet(path: readonly (string | number)[]): boolean {
  const pattern = path.map((step, depth) =>
    typeof step === 'number' || (depth === 1 && path[0] === 'pools') ? '*' : step,
  );
  return keys.includes(pattern.join('.'));
}

/** An algorithm from a file, such as `./my-algorithm.js`, is not built yet either. */
export function isAlgorithmNotBuiltYet(name: string): boolean {
  return algorithms.includes(name) || name.startsWith('./');
}
