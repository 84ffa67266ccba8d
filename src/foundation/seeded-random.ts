/**
 * A generator that gives the same numbers for the same seed everywhere: sfc32 of Chris Doty-Humphrey's PractRand. For
 * choices, not for secrets. Compiled into its caller it allocates nothing; each result of `Math.random` is 16 bytes.
 *
 * @returns a function whose results are uniform in [0, 1), in steps of 2^-32.
 */
export function seededRandom(seed: number): () => number {
  let a = 0;
  let b = 0;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  // Neighbouring seeds begin alike; after twelve rounds nothing of that is left.
  for (let round = 0; round < 12; round++) next();
  return next;
}
