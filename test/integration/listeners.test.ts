import { join } from 'node:path';
import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { type Echo, startEchoBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

/** The backend that answers at this address of lb, and what it was told. */
async function ask(address: string): Promise<Echo> {
  const client = await connectRaw(address);
  client.send('GET / HTTP/1.1\r\nHost: lb.test\r\nConnection: close\r\n\r\n');
  const { body } = await client.response();
  client.end();
  return JSON.parse(body);
}

it('listens on a unix socket and dials one, and leaves no file behind', async () => {
  const dir = makeTempDir();
  const backend = await startEchoBackend('unix', `unix:${join(dir, 'backend.sock')}`);
  const bind = `unix:${join(dir, 'lb.sock')}`;
  const lb = await startLb(webConfig([backend.address], { listener: { bind } }));
  expect(lb.address('web')).toBe(bind);
  expect((await ask(bind)).backend).toBe('unix');
  expect(await lb.line({ status: 200 })).toMatchObject({ backend: backend.address });
  expect(await lb.stop()).toBe(0);
  await expect(connectRaw(bind)).rejects.toThrow('ENOENT');
});

it('listens on IPv6 and dials it', async () => {
  const backend = await startEchoBackend('six', '[::1]:0');
  const lb = await startLb(webConfig([backend.address], { listener: { bind: '[::1]:0' } }));
  expect(lb.address('web')).toMatch(/^\[::1\]:\d+$/);
  const echo = await ask(lb.address('web'));
  expect(echo.backend).toBe('six');
  expect(echo.headers['x-forwarded-for']).toBe('::1');
  expect(await lb.line({ status: 200 })).toMatchObject({ client_ip: '::1' });
});

it('takes IPv4 clients for what they are on a listener of every interface', async () => {
  const backend = await startEchoBackend();
  const lb = await startLb(webConfig([backend.address], { listener: { bind: ':0' } }));
  const port = lb.address('web').split(':').at(-1);
  expect((await ask(`127.0.0.1:${port}`)).headers['x-forwarded-for']).toBe('127.0.0.1');
});

it('runs several listeners in one process, each with its own pool', async () => {
  const [one, two] = await Promise.all(['one', 'two'].map((name) => startEchoBackend(name)));
  const lb = await startLb({
    listeners: [
      { name: 'first', bind: '127.0.0.1:0', pool: 'one' },
      { name: 'second', bind: '127.0.0.1:0', pool: 'two' },
      { name: 'raw', bind: '127.0.0.1:0', protocol: 'tcp', pool: 'two' },
    ],
    pools: { one: { backends: [one!.address] }, two: { backends: [two!.address] } },
  });
  const names = ['first', 'second', 'raw'];
  const answers = await Promise.all(
    names.map(async (name) => (await ask(lb.address(name))).backend),
  );
  expect(answers).toEqual(['one', 'two', 'two']);
  expect(await lb.line({ listener: 'first', status: 200 })).toMatchObject({ pool: 'one' });
  expect(await lb.line({ listener: 'raw', protocol: 'tcp' })).toMatchObject({ pool: 'two' });
});
