const msPerUnit = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const bytesPerUnit = { GiB: 1024 ** 3, MiB: 1024 ** 2, KiB: 1024, B: 1 } as const;

/** Reads `250ms`, `10s`, `5m`, `1h`. @returns milliseconds, or null when the text is no duration. */
export function parseDuration(text: string): number | null {
  const parts = /^(\d{1,12})(ms|s|m|h)$/.exec(text);
  if (parts === null) return null;
  return Number(parts[1]) * msPerUnit[parts[2] as keyof typeof msPerUnit]; // the pattern lists exactly its keys
}

/** Reads `512B`, `16KiB`, `1MiB`, `2GiB` or digits alone, which are bytes. @returns bytes, or null when it is no size. */
export function parseSize(text: string): number | null {
  const parts = /^(\d{1,12})(B|KiB|MiB|GiB)?$/.exec(text);
  if (parts === null) return null;
  const unit = (parts[2] ?? 'B') as keyof typeof bytesPerUnit; // the pattern lists exactly its keys
  const bytes = Number(parts[1]) * bytesPerUnit[unit];
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Reads `0%` to `100%`. @returns the number, or null when the text is no such percentage. */
export function parsePercentage(text: string): number | null {
  const digits = /^(\d{1,3})%$/.exec(text)?.[1];
  return digits === undefined || Number(digits) > 100 ? null : Number(digits);
}

/** A short spelling that {@link parseDuration} reads back as `ms`; one minute stays 60s, as people write it. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  return ms === msPerUnit.m ? '60s' : inLargestUnit(ms, msPerUnit);
}

/** The shortest spelling that {@link parseSize} reads back as `bytes`. */
export function formatSize(bytes: number): string {
  return bytes === 0 ? '0B' : inLargestUnit(bytes, bytesPerUnit);
}

/** @param units from the largest to one that divides everything. */
function inLargestUnit(amount: number, units: Readonly<Record<string, number>>): string {
  for (const [unit, factor] of Object.entries(units)) {
    if (amount % factor === 0) return `${amount / factor}${unit}`;
  }
  throw new Error(`Cannot write ${amount} in whole units`);
}
