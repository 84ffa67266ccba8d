import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import type { SeenRequest } from '../helpers/naive-request-reader.ts';
import { startRecordingBackend } from '../helpers/recording-backend.ts';
import { type RequestStream, requestStream } from '../helpers/request-streams.ts';
import { type Line, startLb } from '../helpers/start-lb.ts';
import { readAnswers, sendStream } from '../helpers/stream-client.ts';

const STREAMS = 1000;
const SEED = 91120;
/** Clients at once: more than enough for backend connections to pass from one to another. */
const PARALLEL = 16;

/** Every address of 127.0.0.0/8 is this machine's on Linux: lb tells the backend which stream it hears. */
const clientAddress = (index: number) => `127.1.${index >> 8}.${index & 0xff}`;

describe.runIf(process.platform === 'linux')('1,000 mutated pipelined streams', () => {
  it('are to the client, the backend and the log the same requests', async () => {
    const backend = await startRecordingBackend();
    const timeouts = { header: '300ms', body_stall: '300ms', idle: '300ms' };
    const pool = { timeouts: { response_header: '3s' } };
    const lb = await startLb(webConfig([backend.address], { listener: { timeouts }, pool }));
    const streams = fc.sample(requestStream, { numRuns: STREAMS, seed: SEED });
    const received: string[] = [];
    const address = lb.address('web');
    const next = streams.entries();
    const work = async () => {
      for (const [index, stream] of next) {
        received[index] = await sendStream(address, clientAddress(index), stream);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    expect(await lb.stop(), 'lb stops in order, with nothing in flight').toBe(0);
    await backend.closed();

    expect(backend.problems).toEqual([]);
    const logged = Map.groupBy(lb.lines, (line) => line.client_ip ?? '');
    for (const [index, stream] of streams.entries()) {
      const client = clientAddress(index);
      const lines = logged.get(client) ?? [];
      const story = `stream ${index}: ${JSON.stringify(stream)}\nlogged: ${JSON.stringify(lines)}`;
      expectSameRequests(lines, backend.requestsOf(client), story);
      expectSentBytes(stream, backend.requestsOf(client), story);
      expectSameAnswers(lines, received[index]!, story); // one per stream
    }
    expect(backend.clients.filter((client) => !logged.has(client))).toEqual([]);
    expectVariety(lb.lines, backend.connections);
  });
});

/** What lb logged with a backend is what the backend read; only the last one may have been cut short. */
function expectSameRequests(
  lines: readonly Line[],
  seen: readonly SeenRequest[],
  story: string,
): void {
  const passedOn = lines.filter((line) => line.backend !== '');
  const whole = passedOn.filter((line) => line.reason === '');
  const [broken, ...more] = passedOn.slice(whole.length);
  expect(more, `nothing follows a broken request; ${story}`).toEqual([]);
  expect(seen.slice(0, whole.length).map(summary), story).toEqual(
    whole.map(({ method, path, bytes_in: bodyBytes }) => ({
      method,
      path,
      bodyBytes,
      complete: true,
    })),
  );
  // lb may have given up before the backend got anything of it.
  const rest = seen.slice(whole.length);
  expect(rest.length, story).toBeLessThanOrEqual(broken === undefined ? 0 : 1);
  for (const request of rest) {
    const { method, path, bodyBytes } = summary(request);
    expect({ method, path }, story).toEqual({ method: broken?.method, path: broken?.path });
    expect(bodyBytes, story).toBeLessThanOrEqual(broken?.bytes_in ?? -1);
  }
}

function summary({ method, target, pieces, complete }: SeenRequest) {
  const [path] = target.split('?');
  return { method, path, bodyBytes: pieces.join('').length, complete };
}

/** Methods and bodies stand in the stream, in this order: nothing was made up, doubled or swapped. */
function expectSentBytes(stream: RequestStream, seen: readonly SeenRequest[], story: string): void {
  let at = 0;
  for (const { method, pieces } of seen) {
    for (const text of [`${method} `, ...pieces]) {
      const found = stream.bytes.indexOf(text, at);
      expect(found, `${JSON.stringify(text)} from ${at} on; ${story}`).toBeGreaterThanOrEqual(at);
      at = found + text.length;
    }
  }
}

/** The client reads one answer per line of the log, but for those it did not live to see. */
function expectSameAnswers(lines: readonly Line[], received: string, story: string): void {
  const told = lines.filter((line) => line.status !== 499);
  const { statuses, rest } = readAnswers(
    received,
    told.map((line) => line.method === 'HEAD'),
  );
  expect({ statuses, rest }, story).toEqual({
    statuses: told.map((line) => line.status),
    rest: '',
  });
}

/** A corpus that lb refused as a whole, or took as a whole, would prove nothing. */
function expectVariety(lines: readonly Line[], connections: number): void {
  const countOf = (wanted: (line: Line) => boolean) => lines.filter(wanted).length;
  expect(countOf((line) => line.status === 200)).toBeGreaterThan(STREAMS);
  expect(countOf((line) => line.status === 400)).toBeGreaterThan(STREAMS / 4);
  expect(countOf((line) => line.status === 499)).toBeGreaterThan(10);
  expect(new Set(lines.map((line) => line.reason)).size).toBeGreaterThan(20);
  expect(countOf((line) => line.reused === true)).toBeGreaterThan(STREAMS / 2);
  expect(connections, 'backend connections').toBeLessThan(STREAMS);
}
