import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { httpTraffic } from '../../bench/load/http-traffic.ts';
import {
  describeFailures,
  type LoadResult,
  type Traffic,
  withLoadGenerator,
} from '../../bench/load/load-generator.ts';
import { findFreePort, loadCpu, ProcessGroup } from '../../bench/load/processes.ts';
import { compilePrograms, type Programs } from '../../bench/load/programs.ts';
import { tcpBulkTraffic } from '../../bench/load/scenarios/tcp-bulk.ts';
import { tcpSmallTraffic } from '../../bench/load/scenarios/tcp-small.ts';
import { websocketTraffic } from '../../bench/load/scenarios/websocket.ts';
import { findTool } from '../../bench/load/tools.ts';
import { verifyAnswer } from '../../bench/load/verify-answer.ts';
import { close, listen } from '../helpers/listen.ts';

const compiler = findTool('cc', '--version');
const body = Buffer.from('hello');
const traffic = httpTraffic({ connections: 4, responseBody: body });

describe.runIf(compiler !== null)("the benchmark's programs", () => {
  let directory = '';
  let programs: Programs;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lb-bench-programs-'));
    programs = compilePrograms(compiler!, directory); // not null, by runIf
  });
  afterAll(() => rm(directory, { recursive: true }));

  function load(port: number, sent: Traffic, perSecond = 0): Promise<LoadResult> {
    const options = { program: programs.load, directory, port, seconds: 0.2, perSecond };
    const { signal } = new AbortController();
    return withLoadGenerator(sent, options, signal, (generator) => generator.run());
  }

  async function startEcho(mode: string): Promise<number> {
    const processes = new ProcessGroup();
    onTestFinished(() => processes.stopAll());
    const port = await findFreePort();
    const output = join(directory, 'echo.log');
    const command = [programs.echo, mode, String(port)];
    await processes.start(
      { name: 'echo', command, cpu: loadCpu, port, stdoutFile: output, stderrFile: output },
      new AbortController().signal,
    );
    return port;
  }

  it('count every answer, over the connections they opened first', async () => {
    const server = await startServer((_, response) => response.end(body));
    const result = await load(server.port, traffic);
    expect(describeFailures(result)).toEqual([]);
    expect(result.completed).toBe(server.requests());
    expect(server.connections()).toBe(4);
  });

  it('open a connection for each exchange where that is asked for', async () => {
    const server = await startServer((_, response) => response.end(body));
    const headers = { Connection: 'close' };
    const sent = httpTraffic({ connections: 4, connectionEach: true, headers, responseBody: body });
    const result = await load(server.port, sent);
    expect(describeFailures(result)).toEqual([]);
    expect(server.connections()).toBe(result.completed);
  });

  it('send as much as the rate says, none before it is due', async () => {
    const server = await startServer((_, response) => response.end(body));
    const result = await load(server.port, traffic, 100);
    expect(result.completed).toBe(20);
    expect(server.requests()).toBe(20);
    // The last one is due 10 ms before the 200 ms are over.
    expect(result.durationMicros).toBeGreaterThanOrEqual(190_000);
  });

  it('go on over a new connection after an answer that closes the old one', async () => {
    const server = await startServer((_, response) => {
      response.setHeader('Connection', 'close').end(body);
    });
    const result = await load(server.port, traffic);
    expect(describeFailures(result)).toEqual([]);
    expect(result.completed).toBe(server.requests());
  });

  it.each<[string, RequestListener, keyof LoadResult['failed']]>([
    ['another status', (_, response) => response.writeHead(503).end(body), 'status'],
    ['another length', (_, response) => response.end('hell'), 'length'],
    ['an end instead of one', (_, response) => response.destroy(), 'closed'],
  ])('count an answer with %s as a failure', async (_, answer, kind) => {
    const server = await startServer(answer);
    const result = await load(server.port, traffic);
    expect(result.completed).toBe(0);
    expect(result.failed[kind]).toBe(server.requests());
  });

  it('say so when nobody listens', async () => {
    await expect(load(await findFreePort(), traffic)).rejects.toThrow('connect');
  });

  it.each([
    ['tcp', tcpSmallTraffic],
    ['websocket', websocketTraffic],
    ['source', tcpBulkTraffic],
  ])('exchange messages with the backend of the mode %s', async (mode, sent) => {
    const port = await startEcho(mode);
    await verifyAnswer(sent, port, new AbortController().signal);
    const result = await load(port, sent);
    expect(describeFailures(result)).toEqual([]);
  });
});

async function startServer(answer: RequestListener): Promise<{
  readonly port: number;
  readonly requests: () => number;
  readonly connections: () => number;
}> {
  let requests = 0;
  let connections = 0;
  const server = createServer((request, response) => {
    requests++;
    answer(request, response);
  });
  server.on('connection', () => connections++);
  await listen(server, '127.0.0.1:0');
  onTestFinished(() => close(server));
  const { port } = server.address() as AddressInfo; // it listens on an address
  return { port, requests: () => requests, connections: () => connections };
}
