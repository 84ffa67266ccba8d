import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

it('answers 10,000 requests over 100 kept-alive connections without an error', async () => {
  const backends = await Promise.all(
    Array.from({ length: 3 }, () => startBackend({ kind: 'answer', bytes: OK })),
  );
  const lb = await startLb(webConfig(backends.map(({ address }) => address)));
  const askHundredTimes = async (connection: number) => {
    const client = await connectRaw(lb.address('web'));
    for (let at = 0; at < 100; at++) {
      client.send(`GET /${connection}/${at} HTTP/1.1\r\nHost: lb.test\r\n\r\n`);
      expect(await client.response()).toMatchObject({ status: 200, body: 'ok' });
    }
  };
  await Promise.all(Array.from({ length: 100 }, (_, at) => askHundredTimes(at)));

  const lines = await lb.someLines({ status: 200, reason: '' }, 10_000);
  expect(new Set(lines.map(({ path }) => path)).size).toBe(10_000);
  const shares = backends.map(({ requests }) => requests);
  expect(shares.toSorted()).toEqual([3333, 3333, 3334]);
  // Kept-alive connections are shared: never more than clients that asked at once.
  for (const { accepted } of backends) expect(accepted).toBeLessThanOrEqual(100);
});
