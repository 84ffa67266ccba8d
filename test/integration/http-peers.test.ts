import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { curl, runCurl } from '../helpers/curl.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { pathOf } from '../helpers/peers.ts';
import { describeWith } from '../helpers/requires.ts';
import { type Echo, startEchoBackend } from '../helpers/start-http-backend.ts';
import { startLb } from '../helpers/start-lb.ts';
import { startNginx } from '../helpers/start-nginx.ts';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

/** A file of `bytes` bytes to upload. */
function makeFile(bytes: number): string {
  const path = join(makeTempDir(), 'upload');
  writeFileSync(path, Buffer.alloc(bytes, 'lb'));
  return path;
}

describeWith('nginx', 'curl')('between curl and nginx', () => {
  it('gives three servers an even share', async () => {
    const lb = await startLb(webConfig(await startNginx(['one', 'two', 'three'])));
    const { exitCode, stdout } = await runCurl(`http://${lb.address('web')}/[1-30]`);
    expect(exitCode).toBe(0);
    const answers = stdout.trim().split('\n');
    const share = (name: string) => answers.filter((answer) => answer === name).length;
    expect(['one', 'two', 'three'].map(share)).toEqual([10, 10, 10]);
  });

  it('relays files, validators, 304, HEAD, ranges and 204 as nginx makes them', async () => {
    const backends = await startNginx(['one']);
    const lb = await startLb(webConfig(backends));
    const page = `http://${lb.address('web')}/page.txt`;
    const direct = await curl(`http://${backends[0]}/page.txt`);
    const full = await curl(page);
    expect(full).toMatchObject({ exitCode: 0, status: 200, body: direct.body });
    const etag = full.headers.get('etag');
    expect(etag).toBe(direct.headers.get('etag'));
    expect(await curl('-H', `If-None-Match: ${etag}`, page)).toMatchObject({
      status: 304,
      body: '',
    });
    const head = await curl('--head', page);
    expect(head).toMatchObject({ exitCode: 0, status: 200 });
    expect(head.headers.get('content-length')).toBe(`${direct.body.length}`);
    expect(await curl('--range', '7-12', page)).toMatchObject({ status: 206, body: 'a page' });
    expect(await curl(`http://${lb.address('web')}/nothing`)).toMatchObject({
      status: 204,
      exitCode: 0,
    });
  });

  it('serves a client of HTTP/1.0', async () => {
    const lb = await startLb(webConfig(await startNginx(['one'])));
    const response = await curl('--http1.0', `http://${lb.address('web')}/`);
    expect(response).toMatchObject({ exitCode: 0, status: 200, body: 'one\n' });
  });
});

describeWith('curl')('from curl', () => {
  it('lets an upload of 1 MB wait for 100 Continue', async () => {
    const backend = await startEchoBackend();
    const lb = await startLb(webConfig([backend.address]));
    const file = makeFile(1_000_000);
    const url = `http://${lb.address('web')}/`;
    const response = await curl('-T', file, '-H', 'Expect: 100-continue', url);
    expect(response).toMatchObject({ exitCode: 0, status: 200, interim: [100] });
    expect(JSON.parse(response.body) as Echo).toMatchObject({
      method: 'PUT',
      bodyBytes: 1_000_000,
    });
  });

  it('relays a chunked upload', async () => {
    const backend = await startEchoBackend();
    const lb = await startLb(webConfig([backend.address]));
    const chunked = ['-H', 'Transfer-Encoding: chunked', '-T', makeFile(300_000)];
    const response = await curl(...chunked, `http://${lb.address('web')}/`);
    expect(response).toMatchObject({ exitCode: 0, status: 200 });
    expect(JSON.parse(response.body) as Echo).toMatchObject({ bodyBytes: 300_000 });
  });
});

describeWith('h2load', 'nginx')('under h2load', () => {
  it('answers 10,000 keep-alive requests over 100 connections without an error', async () => {
    const lb = await startLb(webConfig(await startNginx(['one', 'two', 'three'])));
    const load = ['--h1', '-n', '10000', '-c', '100', `http://${lb.address('web')}/`];
    const h2load = startProcess(pathOf('h2load'), load);
    await h2load.exited;
    expect(h2load.stdout).toContain('10000 succeeded, 0 failed, 0 errored, 0 timeout');
    expect(h2load.stdout).toContain('10000 2xx, 0 3xx, 0 4xx, 0 5xx');
    expect(await lb.someLines({ status: 200, reason: '' }, 10_000)).toHaveLength(10_000);
  });
});
