import { expect, it } from 'vitest';
import type { Explanation } from '../../src/api/explanation.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { type OperatedLb, startOperated } from '../helpers/operated-lb.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { runLb, writeConfig } from '../helpers/start-lb.ts';

const GET = 'GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n';
const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Backends that answer with their place in the list. */
const startNumbered = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) => startBackend({ kind: 'answer', bytes: ok(String(n)) })),
  );

async function ask(operated: OperatedLb, head = GET) {
  const client = await connectRaw(operated.lb.address('web'));
  client.send(head);
  const response = await client.response();
  client.end();
  return response;
}

async function explain(operated: OperatedLb, ...options: readonly string[]) {
  const { code, stdout, stderr } = await operated.run('explain', ...options, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const explanation: Explanation = JSON.parse(stdout);
  return explanation.listeners[0]!;
}

it('names the backend that a hash really sends the request to', async () => {
  const backends = await startNumbered(3);
  const addresses = backends.map(({ address }) => address);
  const algorithm = { name: 'consistent_hash', key: { header: 'X-User' } };
  const operated = await startOperated(webConfig(addresses, { pool: { algorithm } }));
  const body = { method: 'GET', url: '/' };
  for (const user of ['anna', 'bert', 'carla', 'dora', 'emil', 'frida']) {
    const headers = [`X-User: ${user}`];
    const explained = await operated.api('POST', '/api/v1/explain', { ...body, headers });
    const response = await ask(operated, GET.replace('\r\n\r\n', `\r\nX-User: ${user}\r\n\r\n`));
    expect(explained.body.listeners[0].target.choice).toBe(addresses[Number(response.body)]);
  }
});

it('changes nothing: everybody keeps their turn', async () => {
  const backends = await startNumbered(2);
  const operated = await startOperated(webConfig(backends.map(({ address }) => address)));
  const turns: string[] = [];
  for (let n = 0; n < 4; n++) {
    turns.push((await ask(operated)).body);
    for (let m = 0; m <= n; m++) {
      await operated.api('POST', '/api/v1/explain', { method: 'GET', url: '/' });
    }
  }
  expect(turns).toEqual(['0', '1', '0', '1']);
  expect((await operated.status()).pools[0]?.backends.map(({ requests }) => requests)).toEqual([
    2, 2,
  ]);
});

it('knows the client by its cookie, and a backend that is down with the reason', async () => {
  const [one] = await startNumbered(1);
  const other = await startHttpBackend((_, response) => response.end('other'));
  const operated = await startOperated(
    webConfig([one!.address, other.address], {
      pool: {
        sticky: {},
        health_check: { type: 'tcp', interval: '100ms', unhealthy_threshold: 1 },
      },
    }),
  );
  const { headers } = await ask(operated);
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await explain(operated, 'GET', '/', '-H', `Cookie: ${cookie}`)).target).toMatchObject({
    choice: expect.stringMatching(/^127\.0\.0\.1:/),
    why: 'the cookie of the request names it',
    sticky_cookie: 'lb',
  });
  await other.kill();
  await operated.lb.line({ backend: other.address, to: 'down' });
  const { target } = await explain(operated, 'GET', '/');
  expect(target?.backends).toMatchObject([
    { backend: one!.address, eligible: true },
    { backend: other.address, eligible: false, why: expect.stringMatching(/^down: ./) },
  ]);
  expect(target).toMatchObject({
    choice: one!.address,
    why: 'it is the only one that may take it',
  });
  const { stdout } = await operated.run('explain', 'GET', '/');
  expect(stdout).toContain(`goes to ${one!.address}: it is the only one that may take it`);
});

it('explains what the running lb would refuse, as that does', async () => {
  const operated = await startOperated(webConfig(['127.0.0.1:1']));
  const explained = await explain(operated, 'GET', 'http://shop.test/a b');
  const response = await ask(operated, 'GET /a b HTTP/1.1\r\nHost: shop.test\r\n\r\n');
  expect(explained.refusal?.status).toBe(response.status);
  expect(explained.refusal?.reason).toBe(response.headers.get('x-lb-reason'));
});

it('goes by a file without any lb that runs', async () => {
  const config = writeConfig(webConfig(['127.0.0.1:1'], { listener: { name: 'web', bind: ':0' } }));
  const offline = await runLb(['explain', 'GET', 'http://shop.test/', '-c', config]);
  expect(offline).toMatchObject({ code: 0, stderr: '' });
  expect(offline.stdout).toContain('goes to 127.0.0.1:1');
  expect(offline.stdout).toContain('By the file alone');
  const missing = await runLb(['explain', 'GET', '/', '--control', '/no/such.sock']);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toContain('Cannot reach lb at /no/such.sock');
});
