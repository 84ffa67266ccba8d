import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { GIB, pour, soak } from '../helpers/bulk.ts';
import { tcpConfig } from '../helpers/lb-config.ts';
import { addressOf, close, listen } from '../helpers/listen.ts';
import { watchMemory } from '../helpers/memory.ts';
import { connectRaw, dial } from '../helpers/raw-client.ts';
import { resetSocket } from '../helpers/reset-socket.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

/** lb in front of a TCP server in this process; `dialThrough` gives both ends of a session through it. */
async function startSessions() {
  const server = createServer({ allowHalfOpen: true });
  await listen(server, '127.0.0.1:0');
  onTestFinished(() => close(server));
  const lb = await startLb(tcpConfig([addressOf(server)]));
  const dialThrough = async () => {
    const accepted: Promise<Socket[]> = once(server, 'connection');
    const client = dial(lb.address('tcp'));
    const [backend] = await accepted;
    onTestFinished(() => {
      backend!.destroy(); // the event's one argument
    });
    return { client, backend: backend! };
  };
  return { lb, dialThrough };
}

async function readText(from: Socket): Promise<string> {
  let text = '';
  from.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(from, 'end');
  return text;
}

it('still brings the answer to a client that has sent its FIN', async () => {
  const { lb, dialThrough } = await startSessions();
  const { client, backend } = await dialThrough();
  client.end('question');
  expect(await readText(backend)).toBe('question'); // that is, the FIN arrived
  backend.end('answer');
  expect(await readText(client)).toBe('answer');
  const line = await lb.line({ protocol: 'tcp' });
  expect(line).toMatchObject({
    reason: '',
    bytes_in: 8,
    bytes_out: 6,
    listener: 'tcp',
    pool: 'app',
  });
});

it('still brings the client to a backend that has sent its FIN', async () => {
  const { dialThrough } = await startSessions();
  const { client, backend } = await dialThrough();
  backend.end('banner');
  expect(await readText(client)).toBe('banner');
  client.end('late question');
  expect(await readText(backend)).toBe('late question');
});

it('streams 1 GiB each way at once in flat memory', async () => {
  const { lb, dialThrough } = await startSessions();
  const { client, backend } = await dialThrough();
  const memory = watchMemory(lb.pid);
  const [sentUp, sentDown, gotUp, gotDown] = await Promise.all([
    pour(client, GIB),
    pour(backend, GIB),
    soak(backend, memory.onProgress),
    soak(client),
  ]);
  expect(gotUp).toEqual(sentUp);
  expect(gotDown).toEqual(sentDown);
  memory.expectFlat();
  expect(await lb.line({ protocol: 'tcp' })).toMatchObject({ bytes_in: GIB, bytes_out: GIB });
});

it('keeps the bytes of sessions apart while their readers fall behind', async () => {
  const { dialThrough } = await startSessions();
  const sessions = [];
  for (let at = 0; at < 8; at++) sessions.push(await dialThrough());
  const sent = sessions.map(({ client }) => pour(client, GIB / 64));
  // While one is read all later ones are stuck, each in the middle of a write.
  for (const [at, { backend }] of sessions.entries()) {
    expect(await soak(backend)).toEqual(await sent[at]);
  }
});

it('holds a fast sender back for a reader that does not read', async () => {
  const { dialThrough } = await startSessions();
  const unread = await dialThrough();
  const other = await dialThrough();
  let taken = 0;
  const stuck = pour(unread.client, GIB, (totalBytes) => {
    taken = totalBytes;
  });
  // Meanwhile as many bytes pass in another session as would be ample time to swallow those of the first.
  await Promise.all([pour(other.client, GIB / 4), soak(other.backend)]);
  expect(taken).toBeLessThan(GIB / 32);
  unread.client.destroy();
  await stuck;
});

it('resets the client when the backend resets, and the other way round', async () => {
  const { dialThrough } = await startSessions();
  const first = await dialThrough();
  resetSocket(first.backend);
  await expect(once(first.client.resume(), 'end')).rejects.toThrow('ECONNRESET');
  const second = await dialThrough();
  resetSocket(second.client);
  await expect(once(second.backend.resume(), 'end')).rejects.toThrow('ECONNRESET');
});

it('tries another backend when one refuses, and closes the client when all do', async () => {
  const refused = await startBackend({ kind: 'refuse' });
  const greeting = await startBackend({ kind: 'answer', bytes: 'hello' });
  const lb = await startLb(tcpConfig([refused.address, greeting.address]));
  for (let at = 0; at < 4; at++) {
    const client = await connectRaw(lb.address('tcp'));
    client.send('\r\n\r\n');
    await client.until(/hello/);
  }
  await greeting.kill();
  const client = await connectRaw(lb.address('tcp'));
  await client.closed();
  expect(await lb.line({ protocol: 'tcp', reason: 'connect_refused' })).toMatchObject({
    bytes_out: 0,
  });
});

it('closes a session without a byte either way for longer than its idle timeout', async () => {
  const silent = await startBackend({ kind: 'stall' });
  const lb = await startLb(
    tcpConfig([silent.address], { listener: { timeouts: { idle: '300ms' } } }),
  );
  const client = await connectRaw(lb.address('tcp'));
  await client.closed();
  expect(await lb.line({ protocol: 'tcp' })).toMatchObject({ reason: 'idle_timeout' });
});
