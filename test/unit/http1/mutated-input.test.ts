import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocuments, type WireInput } from '../../wire/document.ts';
import { replaysOf } from '../../wire/pieces.ts';
import { RequestMessages } from '../../wire/request-messages.ts';
import { ResponseMessages } from '../../wire/response-messages.ts';
import { eventsOf } from '../../wire/wire-reader.ts';

const WIRE = new URL('../../wire', import.meta.url).pathname;
const corpus = readDocuments(WIRE)
  .flatMap((document) => document.cases)
  .flatMap((wireCase) => wireCase.inputs)
  .filter((input) => input.bytes.length < 500);

/** Bytes on which parsers part ways, and any other. */
const byte = fc.oneof(fc.constantFrom(...Buffer.from('\r\n\t \0:;,=0fF"\\x\xff')), fc.nat(255));
/** At a place given as a share of the input: some bytes of it replaced by others. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(3),
  inserted: fc.array(byte, { maxLength: 3 }),
});
const mutated = fc
  .tuple(fc.constantFrom(...corpus), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([input, mutations]) => {
    let bytes = input.bytes;
    for (const { at, removed, inserted } of mutations) {
      const start = Math.floor(at * bytes.length);
      const rest = bytes.subarray(start + removed);
      bytes = Buffer.concat([bytes.subarray(0, start), Buffer.from(inserted), rest]);
    }
    return { ...input, bytes };
  });
const random = fc
  .tuple(fc.constantFrom(...corpus), fc.uint8Array({ maxLength: 200 }))
  .map(([input, bytes]) => ({ ...input, bytes: Buffer.from(bytes) }));

/** Replays an input in every way: fails if one throws or gives other events than the first. */
function replayAll(input: WireInput): void {
  let first: readonly string[] | null = null;
  for (const { name, pieces } of replaysOf(input.bytes)) {
    const messages =
      input.kind === 'request' ? new RequestMessages() : new ResponseMessages(input.method);
    const events = eventsOf(messages, input.limits, pieces);
    first ??= events;
    if (events.join('\n') !== first.join('\n')) expect(events, name).toEqual(first);
  }
}

describe('input that nobody has thought of', () => {
  it('never throws and means the same wherever it is cut: mutated messages', () => {
    fc.assert(fc.property(mutated, replayAll), { numRuns: 1000 });
  });

  it('never throws and means the same wherever it is cut: random bytes', () => {
    fc.assert(fc.property(random, replayAll), { numRuns: 500 });
  });
});
