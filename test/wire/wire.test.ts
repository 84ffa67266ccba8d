import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reasons } from '../../src/foundation/reason.ts';
import { readDocuments, type WireInput } from './document.ts';
import { replaysOf } from './pieces.ts';
import { RequestMessages } from './request-messages.ts';
import { ResponseMessages } from './response-messages.ts';
import { eventsOf } from './wire-reader.ts';

const documents = readDocuments(import.meta.dirname);
const cases = documents.flatMap((document) => document.cases);
const inputs = cases.flatMap((wireCase) => wireCase.inputs);

function replay(file: string, input: WireInput): void {
  for (const { name, pieces } of replaysOf(input.bytes)) {
    const messages =
      input.kind === 'request' ? new RequestMessages() : new ResponseMessages(input.method);
    const events = eventsOf(messages, input.limits, pieces);
    // Compared as text first: expect() costs more than the replay.
    if (events.join('\n') === input.expected.join('\n')) continue;
    expect(events, `${file}:${input.line}, ${name}`).toEqual(input.expected);
  }
}

describe.each(documents)('$title ($file)', ({ file, cases: sections }) => {
  it.each(sections)('$title', ({ inputs: variants }) => {
    for (const input of variants) replay(file, input);
  });
});

describe('the documents', () => {
  it('hold at least 250 inputs, requests and responses', () => {
    expect(inputs.length).toBeGreaterThanOrEqual(250);
    expect(inputs.filter(({ kind }) => kind === 'response').length).toBeGreaterThanOrEqual(60);
  });

  it('say by which rule, and show it', () => {
    const lacking = cases.filter(
      ({ prose, inputs: variants }) => variants.length === 0 || !/RFC \d{4} §\d/.test(prose),
    );
    expect(lacking.map(({ title }) => title)).toEqual([]);
  });

  it('state each thing once', () => {
    const titles = documents.flatMap(({ file, cases: sections }) =>
      sections.map(({ title }) => `${file}: ${title}`),
    );
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('show every reason for which the parser refuses', () => {
    const given = reasonsInSource('../../src/http1/');
    expect(given.length).toBeGreaterThan(20);
    const shown = new Set(inputs.map(({ expected }) => expected.at(-1)?.replace('refused ', '')));
    expect(given.filter((reason) => !shown.has(reason))).toEqual([]);
  });
});

/** The reasons that a folder's source names. */
function reasonsInSource(folder: string): string[] {
  const url = new URL(folder, import.meta.url);
  const source = readdirSync(url)
    .map((file) => readFileSync(new URL(file, url), 'utf8'))
    .join('\n');
  return Object.keys(reasons).filter((reason) => source.includes(`'${reason}'`));
}
