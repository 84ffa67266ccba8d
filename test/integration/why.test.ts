import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { type OperatedLb, startOperated } from '../helpers/operated-lb.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { runLb } from '../helpers/start-lb.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: shop.test\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Sends a request on a connection of its own. @returns its id, as the access log has it. */
async function fail(operated: OperatedLb, status: number, bytes = get('/')): Promise<string> {
  const client = await connectRaw(operated.lb.address('web'));
  client.send(bytes);
  expect((await client.response()).status).toBe(status);
  client.end();
  const path = /[^ ?]+/.exec(bytes.slice(4))?.[0] ?? '';
  return (await operated.lb.line({ status, path })).request_id ?? '';
}

it('says of a failed request what the access log and the client were told, and why', async () => {
  const backend = await startBackend({ kind: 'reset' });
  const config = webConfig([backend.address], { pool: { passive_health: 'off' } });
  const operated = await startOperated(config);
  const id = await fail(operated, 502, get('/pay?token=secret'));
  const { code, stdout } = await operated.run('why', id);
  expect(code).toBe(0);
  expect(stdout).toContain('GET shop.test/pay -> 502 backend_reset');
  expect(stdout).toContain(`${backend.address} reset the connection before it had answered.`);
  expect(stdout).toContain('What to do: Look at the log of the backend at this time.');
  expect(stdout).toMatch(/attempts {2,}1; 127\.0\.0\.1:\d+: backend_reset after /);
  expect(stdout).not.toContain('secret');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  const { stdout: json } = await operated.run('why', id, '--json');
  expect(JSON.parse(json).exchanges).toMatchObject([
    { request_id: id, kind: 'failed', status: 502, reason: 'backend_reset', attempts: 1 },
  ]);
});

it('lists the latest, in 80 columns, and not what went well', async () => {
  const refusing = await startBackend({ kind: 'refuse' });
  const slow = await startHttpBackend((asked, response) => {
    setTimeout(() => response.end('late'), asked.url === '/late' ? 50 : 0);
  });
  const config = webConfig([slow.address], {
    global: { why: { slow: '50ms' } },
    listener: {
      routes: [
        { match: { methods: ['GET'] }, pool: 'app' },
        { match: { path: '/retried' }, pool: 'both' },
      ],
    },
  });
  const both = { backends: [refusing.address, slow.address], health_check: 'off' };
  const operated = await startOperated({ ...config, pools: { ...config.pools, both } });
  const retried = await fail(operated, 200, get('/retried'));
  await fail(operated, 200, get('/well'));
  await fail(operated, 200, get('/late'));
  const refused = await fail(operated, 404, get(`/${'x'.repeat(200)}`).replace('GET', 'PUT'));
  const { code, stdout } = await operated.run('why');
  expect(code).toBe(0);
  const rows = stdout.trimEnd().split('\n');
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(80);
  expect(rows[0]).toMatch(/^TIME +STATUS WHY +REQUEST ID +REQUEST$/);
  expect(rows[1]).toContain(`404    no_route          ${refused} PUT /xxx`);
  expect(stdout).toContain(`200    retried           ${retried} GET /retried`);
  expect(stdout).not.toContain('/well');
  const { body } = await operated.api('GET', '/api/v1/exchanges?limit=1');
  expect(body).toMatchObject({ entries: 1000, slow_ms: 50, exchanges: [{ kind: 'refused' }] });
});

it('tells how the pool was when it would not take a request', async () => {
  const refusing = await startBackend({ kind: 'refuse' });
  const well = await startBackend({ kind: 'answer', bytes: OK });
  const operated = await startOperated(
    webConfig([], {
      pool: {
        backends: [refusing.address, { address: well.address, weight: 0 }],
        health_check: { type: 'tcp', interval: '100ms', unhealthy_threshold: 1 },
      },
    }),
  );
  await operated.lb.line({ backend: refusing.address, to: 'down' });
  const id = await fail(operated, 503);
  const { stdout } = await operated.run('why', id);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /No backend of pool app may take it: 1 down \(refused the connection\), 1 of weight 0\./,
  );
});

it('knows nothing of what went well, and everything about reasons', async () => {
  const backend = await startBackend({ kind: 'answer', bytes: OK });
  const operated = await startOperated(webConfig([backend.address]));
  const id = await fail(operated, 200);
  const unknown = await operated.run('why', id);
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toContain('it went well, or was too long ago');
  expect((await operated.run('why')).stdout).toContain('Nothing to tell');
  const about = await runLb(['why', 'queue_full']);
  expect(about).toMatchObject({ code: 0, stderr: '' });
  expect(about.stdout).toContain('queue_full (503): every backend is full');
});
