import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { startReloadable } from '../helpers/reloadable-lb.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { runLb } from '../helpers/start-lb.ts';
import { startLoad } from '../helpers/start-load.ts';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere';

const file = (parts: {
  readonly global?: string;
  readonly listeners?: string;
  readonly pools?: string;
}) => `global: ${parts.global ?? '{ admin: { bind: "127.0.0.1:0" } }'}
listeners: ${parts.listeners ?? '[{ bind: "127.0.0.1:0", pool: app }]'}
pools: ${parts.pools ?? '{ app: { backends: ["127.0.0.1:1"] } }'}
`;
const pool = (keys: string) => file({ pools: `{ app: { backends: ["127.0.0.1:1"], ${keys} } }` });
const listener = (keys: string) =>
  file({ listeners: `[{ bind: "127.0.0.1:0", pool: app, ${keys} }]` });
const route = (keys: string) =>
  file({ listeners: `[{ bind: "127.0.0.1:0", routes: [{ pool: app, ${keys} }] }]` });

/** Each kind of problem, with a part of what is said about it. */
const broken: readonly (readonly [kind: string, text: string | Buffer, said: string])[] = [
  ['nothing', '', 'needs'],
  ['no YAML', 'listeners: [', 'YAML'],
  ['a tab as indentation', 'listeners:\n\t- bind: ":1"\n', 'tab'],
  ['a key twice', 'pools: {}\npools: {}\n', 'pools'],
  ['no text in UTF-8', Buffer.from([0x61, 0xff, 0xfe]), 'UTF-8'],
  ['a list at the top', '[1, 2]', 'map'],
  ['no listeners', 'pools: { app: { backends: ["a:1"] } }', 'listeners'],
  ['an empty list of listeners', file({ listeners: '[]' }), 'at least one'],
  ['an unknown key', pool('algoritm: random'), 'algorithm'],
  ['a wrong type', pool('retries: 3'), 'retries'],
  ['an unknown word', pool('when_all_down: panic'), 'fail_fast'],
  ['an unknown algorithm', pool('algorithm: robin'), 'round_robin'],
  ['a duration without a unit', pool('slow_start: 10'), 'slow_start'],
  ['a number that is too large', pool('retries: { attempts: 99 }'), '10'],
  ['a bad address', file({ pools: '{ app: { backends: ["nowhere"] } }' }), 'nowhere'],
  ['no backends', file({ pools: '{ app: { backends: [] } }' }), 'at least one'],
  ['the same backend twice', file({ pools: '{ app: { backends: ["a:1", "a:1"] } }' }), 'a:1'],
  ['a pool that is missing', file({ pools: '{ ap: { backends: ["a:1"] } }' }), '"app"'],
  ['a check that is missing', pool('health_check: fast'), 'fast'],
  [
    'two listeners on one address',
    file({
      listeners: '[{ bind: ":4711", pool: app }, { name: two, bind: "127.0.0.1:4711", pool: app }]',
    }),
    'overlaps',
  ],
  [
    'two listeners of one name',
    file({
      listeners: '[{ name: a, bind: ":0", pool: app }, { name: a, bind: ":0", pool: app }]',
    }),
    'name',
  ],
  ['an HTTP key on TCP', listener('protocol: tcp, forwarding: {}'), 'forwarding'],
  ['routes and a pool', listener('routes: [{ pool: app }]'), 'routes'],
  ['a bad host', route('match: { host: "a b" }'), 'host'],
  ['a bad path', route('match: { path: v1 }'), 'path'],
  [
    'a header lb writes itself',
    route('request_headers: { set: { Connection: close } }'),
    'Connection',
  ],
  ['a bad network', file({ global: '{ trusted_proxies: ["10.0.0.0/99"] }' }), '10.0.0.0/99'],
  ['a variable that is not set', pool('algorithm: "${NO_SUCH_VARIABLE}"'), 'NO_SUCH_VARIABLE'],
  ['a file of a value that is missing', pool('algorithm_file: ./no-such-file'), 'no-such-file'],
  ['a module that is missing', pool('algorithm: ./no-such-module.js'), 'no-such-module.js'],
];

it('changes nothing for any kind of invalid file, under load, and says what lb check says', async () => {
  const backend = await startBackend({ kind: 'answer', bytes: PAGE });
  const good = webConfig([backend.address]);
  const reloadable = await startReloadable(good);
  const { lb, path } = reloadable;
  const load = startLoad(lb.address('web'));
  await load.more(20);
  for (const [kind, text, said] of broken) {
    writeFileSync(path, text);
    const line = await reloadable.answerTo('refused');
    expect(line.generation, kind).toBe(1);
    expect(line.problems?.join(''), kind).toContain(said);
    await load.more(5);
  }
  const checked = await runLb(['check', '-c', path]);
  const last = lb.lines.findLast(({ msg }) => msg?.startsWith('reload refused'));
  expect(checked.stderr).toContain((last as { problems?: string[] }).problems?.join(''));
  await load.stop();
  expect(load.lost).toEqual([]);
  expect(await reloadable.reloadSame(good)).toMatchObject({ generation: 1 });
}, 60_000);

it('changes nothing when the file is gone, or cannot be read', async () => {
  const backend = await startBackend({ kind: 'answer', bytes: PAGE });
  const reloadable = await startReloadable(webConfig([backend.address]));
  rmSync(reloadable.path);
  const gone = await reloadable.answerTo('refused');
  expect(gone.problems?.join('')).toContain('cannot be read');
  // A folder in its place is unreadable even for root.
  mkdirSync(reloadable.path);
  const unreadable = await reloadable.answerTo('refused');
  expect(unreadable.problems?.join('')).toContain('cannot be read');
  const load = startLoad(reloadable.lb.address('web'));
  await load.more(10);
  await load.stop();
  expect(load.lost).toEqual([]);
});
