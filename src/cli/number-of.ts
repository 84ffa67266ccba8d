import { LbError } from '../foundation/lb-error.ts';

/** @param what as the usage calls it. @throws LbError USAGE for anything but a whole number. */
export function numberOf(what: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const message = `Cannot read ${what}: found ${JSON.stringify(text)}; needs a whole number`;
  throw new LbError('USAGE', message);
}
