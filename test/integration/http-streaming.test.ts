import { EventEmitter, once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { expect, it } from 'vitest';
import { GIB, pour, soak, type Tally } from '../helpers/bulk.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { watchMemory } from '../helpers/memory.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';

/** More than the buffers of two sockets pairs and of lb hold, whatever the kernel makes of them. */
const STUCK_BELOW_BYTES = 32 * 1024 * 1024;

/** Of each of several streams nobody reads yet: more than the kernel takes off lb's hands. */
const STUCK_BYTES = 16 * 1024 * 1024;
const STREAMS = [0, 1, 2, 3, 4, 5, 6, 7];

it('streams 1 GiB down in flat memory', async () => {
  let sent: Promise<Tally> | null = null;
  const backend = await startHttpBackend((_request, response) => {
    response.setHeader('Content-Length', GIB);
    sent = pour(response, GIB);
  });
  const lb = await startLb(webConfig([backend.address]));
  const memory = watchMemory(lb.pid);
  const asked = get(`http://${lb.address('web')}/`, { agent: false });
  const [response]: IncomingMessage[] = await once(asked, 'response');
  const received = await soak(response!, memory.onProgress); // the event's one argument
  expect(received).toEqual(await sent);
  memory.expectFlat();
  expect(await lb.line({ status: 200 })).toMatchObject({ reason: '', bytes_out: GIB });
});

it('streams 1 GiB up, chunked, in flat memory', async () => {
  let received: Promise<Tally> | null = null;
  let onProgress: (totalBytes: number) => void = () => undefined;
  const backend = await startHttpBackend(async (incoming, response) => {
    received = soak(incoming, (totalBytes) => onProgress(totalBytes));
    await received;
    response.end();
  });
  const lb = await startLb(webConfig([backend.address]));
  const memory = watchMemory(lb.pid);
  onProgress = memory.onProgress;
  const upload = request(`http://${lb.address('web')}/`, { method: 'PUT', agent: false });
  const answered = once(upload, 'response');
  const sent = await pour(upload, GIB);
  const [response]: IncomingMessage[] = await answered;
  response!.resume();
  expect(response!.statusCode).toBe(200);
  expect(await received).toEqual(sent);
  memory.expectFlat();
  expect(await lb.line({ status: 200 })).toMatchObject({ reason: '', bytes_in: GIB });
});

it('holds a fast backend back for a client that does not read', async () => {
  let taken = 0;
  const backend = await startHttpBackend(async (incoming, response) => {
    if (incoming.url === '/other') await pour(response, 8 * STUCK_BELOW_BYTES);
    else await pour(response, GIB, (totalBytes) => (taken = totalBytes));
  });
  const lb = await startLb(webConfig([backend.address]));
  const ask = async (path: string) => {
    const asked = get(`http://${lb.address('web')}${path}`, { agent: false });
    const [response]: IncomingMessage[] = await once(asked, 'response');
    return response!; // the event's one argument
  };
  const unread = await ask('/unread');
  // Meanwhile as many bytes pass for another client as would be ample time to swallow those of the first.
  await soak(await ask('/other'));
  expect(taken).toBeLessThan(STUCK_BELOW_BYTES);
  unread.destroy();
  expect(await lb.line({ path: '/unread' })).toMatchObject({ reason: 'client_closed' });
});

it('keeps the bytes of responses apart while their clients fall behind', async () => {
  const sent: Promise<Tally>[] = [];
  const backend = await startHttpBackend((incoming, response) => {
    sent[Number(incoming.url?.slice(1))] = pour(response, STUCK_BYTES);
  });
  const lb = await startLb(webConfig([backend.address]));
  const responses = await Promise.all(
    STREAMS.map(async (stream) => {
      const asked = get(`http://${lb.address('web')}/${stream}`, { agent: false });
      const [response]: IncomingMessage[] = await once(asked, 'response');
      return response!; // the event's one argument
    }),
  );
  // While one is read all later ones are stuck, each in the middle of a write.
  for (const stream of STREAMS) expect(await soak(responses[stream]!)).toEqual(await sent[stream]);
});

it('keeps the bytes of requests apart while their backends fall behind', async () => {
  const arrived: (() => Promise<Tally>)[] = [];
  const events = new EventEmitter();
  const backend = await startHttpBackend((incoming, response) => {
    arrived[Number(incoming.url?.slice(1))] = async () => {
      const tally = await soak(incoming);
      response.end();
      return tally;
    };
    events.emit('arrived');
  });
  const lb = await startLb(webConfig([backend.address]));
  const requests = STREAMS.map((stream) => {
    const url = `http://${lb.address('web')}/${stream}`;
    return request(url, { method: 'PUT', agent: false });
  });
  const answered = requests.map(async (each) => {
    const [response] = (await once(each, 'response')) as [IncomingMessage];
    await soak(response);
    return response.statusCode;
  });
  const sent = requests.map((each) => pour(each, STUCK_BYTES));
  for (const stream of STREAMS) {
    while (arrived[stream] === undefined) await once(events, 'arrived');
    expect(await arrived[stream]()).toEqual(await sent[stream]);
  }
  expect(await Promise.all(answered)).toEqual(STREAMS.map(() => 200));
});
