import { describe, expect, it } from 'vitest';
import type { ExchangeRecord } from '../../../src/backend/observer.ts';
import { type Reason, reasons } from '../../../src/foundation/reason.ts';
import { hintOf } from '../../../src/why/hint.ts';
import { keep } from '../../../src/why/kept-exchange.ts';
import { formatMs } from '../../../src/why/milliseconds.ts';
import { makeRecord } from './make-record.ts';

const hint = (parts: Partial<ExchangeRecord>, situation = '') =>
  hintOf(keep(makeRecord(parts), 0, situation));

/** An attempt on api-1 that came to nothing. */
const failed = (reason: Reason, reused = false): Partial<ExchangeRecord> => ({
  status: reasons[reason].status,
  reason,
  reused,
  ttfbMs: -1,
  failedAttempts: [{ backend: 'api-1', reason, durationMs: 3000, reused }],
});

describe('what happened', () => {
  it.each<[Partial<ExchangeRecord>, string]>([
    [
      failed('backend_closed', true),
      'api-1 (10.0.0.11:3000) closed a connection that had served before: it keeps idle connections for less time than `pools.api.connection_pool.idle`, or was stopped at this moment.',
    ],
    [
      failed('backend_reset'),
      'api-1 (10.0.0.11:3000) reset the connection before it had answered.',
    ],
    [
      { ...failed('backend_closed'), ttfbMs: 3, method: 'POST' },
      'api-1 (10.0.0.11:3000) closed the connection in the middle of its response.',
    ],
    [
      { ...failed('response_timeout'), method: 'POST' },
      'api-1 (10.0.0.11:3000) had the request and said nothing for 3 s. lb did not try again, because a backend may have acted on the POST already.',
    ],
    [failed('connect_refused'), 'Nothing listens at api-1 (10.0.0.11:3000).'],
    [failed('connect_timeout'), 'api-1 (10.0.0.11:3000) could not be reached; lb tried for 3 s.'],
    [
      { reason: 'no_route', status: 404, method: 'GET', host: 'a.test', path: "/it's;$(x)" },
      "No route takes it: lb explain GET 'http://a.test/it'\\''s;$(x)' says of each why not.",
    ],
    [
      { reason: 'client_closed', status: 499, ttfbMs: -1, endedMs: 13_000 },
      'The client left after 12 s, while lb waited for api-1 to answer.',
    ],
    [
      { reason: 'client_closed', ttfbMs: 5 },
      'The client left after 20 ms, in the middle of its response.',
    ],
    [
      { reason: 'client_closed', ttfbMs: -1, attempts: 0, queueMs: 20 },
      'The client left after 20 ms, while it waited for a backend with room.',
    ],
    [{ status: 500 }, 'api-1 itself answered 500; lb passed that on.'],
    [
      {
        attempts: 2,
        failedAttempts: [
          { backend: 'api-2', reason: 'connect_refused', durationMs: 1, reused: false },
        ],
      },
      'The first attempt, on api-2, failed (connect_refused: the backend refused the connection); api-1 answered in the end, on attempt 2, after 20 ms.',
    ],
    [{ endedMs: 6000, ttfbMs: 4900 }, 'Of 5 s, 4.9 s api-1 took to begin its response.'],
    [{ endedMs: 6000, queueMs: 3000 }, 'Of 5 s, 3 s waited for a backend with room.'],
    [{ endedMs: 6000, connectMs: 3000 }, 'Of 5 s, 3 s went into connecting to api-1.'],
    [{ endedMs: 6000 }, 'Of 5 s, 5 s went into moving bodies and into waiting for the client.'],
  ])('%o', (parts, what) => expect(hint(parts).what).toBe(what));

  it('is, where nobody was left to try, what the pool was like', () => {
    const situation = '2 down (connection refused), 1 in maintenance by alice';
    const { what } = hint({ reason: 'no_backend', status: 503, backend: null }, situation);
    expect(what).toBe(`No backend of pool api may take it: ${situation}.`);
  });
});

it.each(Object.keys(reasons) as Reason[])('says what to do about %s, by its names', (reason) => {
  const { what, cure } = hint(failed(reason));
  expect(what).toMatch(/[.?]$/);
  expect(cure).toMatch(/[.?]$/);
  expect(cure).not.toContain('NAME');
  expect(cure).not.toContain('listeners[]');
});

it.each([
  [0.42, '0.4 ms'],
  [37.4, '37 ms'],
  [1234, '1.2 s'],
  [200_000, '3 min 20 s'],
])('writes %s ms as %s', (ms, text) => expect(formatMs(ms)).toBe(text));
