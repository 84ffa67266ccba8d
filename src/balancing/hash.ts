const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** The finalizer of MurmurHash3: each bit of the input changes each bit of the result with even odds. */
export function mix(bits: number): number {
  let hash = bits ^ (bits >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Takes one more value into a hash: a round of MurmurHash3. {@link mix} ends it. */
export function absorb(hash: number, bits: number): number {
  let block = Math.imul(bits, C1);
  block = (block << 15) | (block >>> 17);
  const mixed = hash ^ Math.imul(block, C2);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/**
 * MurmurHash3 (32 bits) over the UTF-16 units of a text. Signed, since V8 keeps such numbers unboxed.
 *
 * @param seed another one gives another hash of the same text.
 */
export function hashText(text: string, seed = 0): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = absorb(hash, text.charCodeAt(index));
  return mix(hash ^ text.length);
}

/** Hash of a number that is different for everyone who has another pair of seeds. */
export function hashNumber(mixedNumber: number, seed: number, otherSeed: number): number {
  return mix(Math.imul(mixedNumber ^ seed, C1) ^ otherSeed);
}

/**
 * The key for another try of the same request: where one backend has failed, those it served spread over all others
 * instead of falling on one.
 *
 * @param attempt from 1; 0 gives the key itself.
 */
export function keyForAttempt(key: number, attempt: number): number {
  return attempt === 0 ? key : mix(key ^ mix(attempt));
}
