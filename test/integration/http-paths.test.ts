import { expect, it } from 'vitest';
import type { ConfigPart } from '../helpers/lb-config.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { type Echo, startEchoBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

/** lb with the routes `/admin`, `/public` and the rest, each to an echo backend of its own. */
async function startPaths() {
  const pools: Record<string, ConfigPart> = {};
  for (const pool of ['admin', 'public', 'rest']) {
    pools[pool] = { backends: [(await startEchoBackend(pool)).address] };
  }
  const routes = [
    { match: { path: '/admin' }, pool: 'admin' },
    { match: { path: '/public' }, pool: 'public' },
    { pool: 'rest' },
  ];
  const lb = await startLb({ listeners: [{ name: 'web', bind: '127.0.0.1:0', routes }], pools });
  const ask = async (target: string) => {
    const client = await connectRaw(lb.address('web'));
    client.send(`GET ${target} HTTP/1.1\r\nHost: lb.test\r\n\r\n`);
    return client.response();
  };
  return { lb, ask };
}

const paths = [
  ['/admin', 'admin'],
  ['/admin/', 'admin'],
  ['/admin/..', 'admin'],
  ['/admin//x', 'admin'],
  ['/public/../admin', 'public'],
  ['/public/..%2Fadmin', 'public'],
  ['/public/%2e%2e/admin', 'public'],
  ['/./admin', 'rest'],
  ['//admin', 'rest'],
  ['/%61dmin', 'rest'],
  ['/admin%2Fx', 'rest'],
  ['/admin;v=1', 'rest'],
  ['/ADMIN', 'rest'],
  ['/admin\\x', 'rest'],
  ['/%', 'rest'],
  ['/%00%zz|"{}^`', 'rest'],
] as const;

it('matches, forwards and logs a path as it came', async () => {
  const { lb, ask } = await startPaths();
  for (const [path, pool] of paths) {
    const { body } = await ask(path);
    expect(JSON.parse(body) as Echo).toMatchObject({ backend: pool, target: path });
  }
  for (const [path, pool] of paths) expect(await lb.line({ path })).toMatchObject({ pool });
});

it('forwards a query without matching or logging it', async () => {
  const { lb, ask } = await startPaths();
  const target = '/x?/../admin?a=%2F&&b';
  const { body } = await ask(target);
  expect(JSON.parse(body) as Echo).toMatchObject({ backend: 'rest', target });
  await lb.line({ path: '/x' });
});

it('refuses a target with a byte that is not visible ASCII, or with a fragment', async () => {
  const { lb, ask } = await startPaths();
  const targets = ['/a#b', '/#', '/\xe9', '/\x80', '/a?\xff'];
  for (const target of targets) expect((await ask(target)).status, target).toBe(400);
  await lb.someLines({ status: 400, reason: 'bad_target' }, targets.length);
});
