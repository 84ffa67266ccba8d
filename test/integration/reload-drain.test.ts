import { expect, it } from 'vitest';
import type { ConfigPart, LbConfig } from '../helpers/lb-config.ts';
import { connectRaw, type RawClient } from '../helpers/raw-client.ts';
import { type ReloadableLb, startReloadable } from '../helpers/reloadable-lb.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startEcho } from '../helpers/start-echo.ts';
import { startHoldingBackend } from '../helpers/start-holding-backend.ts';
import { connectWebSocket, echo, startWebSocketBackend } from '../helpers/start-websocket.ts';

const GET = 'GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n';
const SESSIONS = 6;

/** Says a word and hears it. */
async function expectEcho(session: RawClient, word: string): Promise<void> {
  session.send(word);
  await session.until(new RegExp(`${word}$`));
}

/** lb with a long request, a WebSocket and TCP sessions, and a reload that removes all of their backends. */
async function startLeaving(drainTimeout: string) {
  const [slow, chat, tcp] = await Promise.all([
    startHoldingBackend(),
    startWebSocketBackend(echo),
    startEcho(),
  ]);
  const other = await startBackend({ kind: 'answer', bytes: 'HTTP/1.1 204 No Content\r\n\r\n' });
  const configOf = (web: string, chats: string, sessions: string): LbConfig => {
    const pool = (backend: string): ConfigPart => ({
      backends: [backend],
      health_check: 'off',
      drain_timeout: drainTimeout,
    });
    return {
      listeners: [
        { name: 'web', bind: '127.0.0.1:0', pool: 'web' },
        { name: 'chat', bind: '127.0.0.1:0', pool: 'chat' },
        { name: 'tcp', bind: '127.0.0.1:0', protocol: 'tcp', pool: 'tcp' },
      ],
      pools: { web: pool(web), chat: pool(chats), tcp: pool(sessions) },
    };
  };
  const reloadable = await startReloadable(configOf(slow.address, chat, tcp));
  const { lb } = reloadable;
  const request = await connectRaw(lb.address('web'));
  request.send(GET);
  await slow.until(1);
  const socket = await connectWebSocket(lb.address('chat'));
  const sessions: RawClient[] = [];
  for (let count = 0; count < SESSIONS; count++) {
    const session = await connectRaw(lb.address('tcp'));
    await expectEcho(session, 'hello');
    sessions.push(session);
  }
  await reloadable.reload(configOf(other.address, other.address, other.address));
  for (const backend of [slow.address, chat, tcp]) {
    await lb.line({ msg: 'backend removed: it drains', backend });
  }
  return { reloadable, slow, chat, tcp, request, socket, sessions };
}

async function expectElsewhere({ lb }: ReloadableLb): Promise<void> {
  const client = await connectRaw(lb.address('web'));
  client.send(GET);
  expect((await client.response()).status).toBe(204);
}

it('lets requests and sessions of a removed backend end by themselves while there is time', async () => {
  const { reloadable, slow, chat, tcp, request, socket, sessions } = await startLeaving('1h');
  const { lb } = reloadable;
  await expectElsewhere(reloadable);
  socket.session.send('still here');
  expect(String(await socket.message())).toBe('still here');
  for (const session of sessions) await expectEcho(session, 'still here');
  slow.release();
  expect((await request.response()).status).toBe(200);
  socket.session.close(1000);
  expect(await socket.closed).toMatchObject({ code: 1000 });
  for (const session of sessions) session.end();
  for (const backend of [slow.address, chat, tcp]) {
    expect(await lb.line({ msg: 'backend drained', backend })).toMatchObject({ cut: 0 });
  }
});

it('closes sessions a few at a time when the time is up, and never a request', async () => {
  const { reloadable, slow, chat, tcp, request, socket, sessions } = await startLeaving('100ms');
  const { lb } = reloadable;
  const [first, last] = [sessions[0], sessions.at(-1)] as [RawClient, RawClient]; // there are six
  await first.closed();
  // All but a few are open still: the last of them has seconds.
  await expectEcho(last, 'not yet');
  await Promise.all([socket.closed, ...sessions.map((session) => session.closed())]);
  expect(await lb.line({ msg: 'backend drained', backend: tcp })).toMatchObject({ cut: SESSIONS });
  expect(await lb.line({ msg: 'backend drained', backend: chat })).toMatchObject({ cut: 1 });
  expect(await lb.someLines({ reason: 'drain_timeout' }, SESSIONS + 1)).toHaveLength(SESSIONS + 1);
  slow.release();
  expect((await request.response()).status).toBe(200);
  expect(await lb.line({ msg: 'backend drained', backend: slow.address })).toMatchObject({
    cut: 0,
  });
});
