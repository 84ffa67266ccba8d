/**
 * The rates for the latency: half of what a peer can do, but no more than half of what the slowest of the peers in
 * `equal` can, so that these are compared under the same load.
 *
 * @param capacities exchanges per second, by peer.
 * @returns exchanges per second, by peer.
 */
export function halfLoadRates(
  capacities: ReadonlyMap<string, number>,
  equal: readonly string[],
): ReadonlyMap<string, number> {
  const common = Math.min(...equal.map((name) => capacities.get(name) ?? Infinity));
  return new Map(
    [...capacities].map(([name, own]) => [
      name,
      Math.max(1, Math.floor(Math.min(own, common) / 2)),
    ]),
  );
}
