import type { Bounds, Kind } from './kind.ts';
import { quote } from './problem.ts';
import { formatDuration, formatSize, parseDuration, parsePercentage, parseSize } from './units.ts';

export const duration: Kind = {
  allowed: 'a duration such as 250ms, 10s, 5m or 1h',
  complain(text, bounds) {
    if (/^\d+$/.test(text)) return `${quote(text)} has no unit; write ${text}s or ${text}ms`;
    const ms = parseDuration(text);
    if (ms === null) return `${quote(text)} is not a duration; write it as in 250ms, 10s, 5m or 1h`;
    return complainAboutRange(text, ms, bounds, formatDuration);
  },
};

export const size: Kind = {
  allowed: 'a size such as 512B, 16KiB or 1MiB, or a whole number of bytes',
  complain(text, bounds) {
    const bytes = parseSize(text);
    if (bytes !== null) return complainAboutRange(text, bytes, bounds, formatSize);
    return `${quote(text)} is not a size; write bytes with B, KiB, MiB or GiB, such as 16KiB`;
  },
};

export const percentage: Kind = {
  allowed: 'a percentage from 0% to 100%',
  complain(text) {
    if (parsePercentage(text) !== null) return null;
    return `${quote(text)} is not a percentage; write 0% to 100%, such as 20%`;
  },
};

function complainAboutRange(
  text: string,
  amount: number,
  { atLeast = 0, atMost = Number.MAX_SAFE_INTEGER }: Bounds,
  format: (amount: number) => string,
): string | null {
  if (amount >= atLeast && amount <= atMost) return null;
  const found = `${quote(text)} is too ${amount < atLeast ? 'small' : 'large'}`;
  return `${found}; needs ${format(atLeast)} to ${format(atMost)}`;
}
