import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { spawnLb } from '../helpers/start-lb.ts';

async function fetchText(url: string): Promise<string> {
  const [response]: IncomingMessage[] = await once(get(url, { agent: false }), 'response');
  return text(response!); // the event's one argument
}

it('brings up three backends behind a balancer, says what runs, and goes down on Ctrl-C', async () => {
  const demo = spawnLb(['demo', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']);
  const [, url = ''] = await demo.until(/(http:\/\/127\.0\.0\.1:\d+)/);
  await demo.until(/Ctrl-C/);
  const answers = new Set<string>();
  for (let at = 0; at < 6; at++) answers.add(await fetchText(url));
  expect(answers.size).toBe(3);
  demo.kill('SIGINT');
  expect(await demo.exited).toEqual({ code: 0, signal: null });
  expect(demo.stderr).toBe('');
});
