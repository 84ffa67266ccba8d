/** How long a worker is busy with a request, milliseconds, on a backend of ordinary speed. */
export interface ServiceTime {
  readonly meanMs: number;
  /** @param random uniform in [0, 1). */
  draw(random: () => number): number;
}

/** As spread as its mean: what queueing theory calls M. */
export function exponential(meanMs: number): ServiceTime {
  return { meanMs, draw: (random) => -meanMs * Math.log(1 - random()) };
}

/** Every request is alike: D. */
export function constant(meanMs: number): ServiceTime {
  return { meanMs, draw: () => meanMs };
}

/**
 * Many short requests, few very long ones.
 *
 * @param sigma standard deviation of the logarithm; with 2 half of the requests take under a seventh of the mean, and
 *   one in a hundred over fourteen times as long.
 */
export function logNormal(meanMs: number, sigma: number): ServiceTime {
  const median = meanMs * Math.exp((-sigma * sigma) / 2);
  return { meanMs, draw: (random) => median * Math.exp(sigma * drawNormal(random)) };
}

/** Box and Muller's transform, one of its two results. */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
