import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { formatAddress } from '../../../src/foundation/address.ts';
import type { ByteConsumer, ByteStream } from '../../../src/transport/transport.ts';
import { bindTo } from '../../helpers/bind-to.ts';
import { dial } from '../../helpers/raw-client.ts';

async function bind() {
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const listener = await bindTo('web', address);
  onTestFinished(() => listener.close());
  return listener;
}

/** Answers the first bytes with its name, and ends. */
const answerAs = (name: string) => (stream: ByteStream) => {
  const consumer: ByteConsumer = {
    onBytes() {
      const answer = Buffer.from(name);
      stream.write(answer, 0, answer.length);
      stream.endAndDestroy();
      return true;
    },
    onEnd: () => stream.endAndDestroy(),
    onDrain() {},
    onClose() {},
  };
  stream.consumer = consumer;
};

async function ask(address: string): Promise<string> {
  const socket = dial(address);
  socket.write('?');
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

it('serves those who came before anybody served, with what they had said', async () => {
  const listener = await bind();
  const answers = [ask(formatAddress(listener.address)), ask(formatAddress(listener.address))];
  const socket = dial(formatAddress(listener.address));
  await once(socket, 'connect');
  listener.serve(answerAs('one'));
  expect(await Promise.all(answers)).toEqual(['one', 'one']);
  socket.destroy();
});

it('hands connections to whoever served last', async () => {
  const listener = await bind();
  listener.serve(answerAs('one'));
  expect(await ask(formatAddress(listener.address))).toBe('one');
  listener.serve(answerAs('two'));
  expect(await ask(formatAddress(listener.address))).toBe('two');
});

it('is released only by whoever serves', async () => {
  const listener = await bind();
  const [one, two] = [answerAs('one'), answerAs('two')];
  listener.serve(one);
  listener.serve(two);
  await listener.release(one);
  expect(await ask(formatAddress(listener.address))).toBe('two');
  await listener.release(two);
  await expect(once(dial(formatAddress(listener.address)), 'connect')).rejects.toThrow(
    'ECONNREFUSED',
  );
});

it('closes those whom nobody has served', async () => {
  const listener = await bind();
  const socket = dial(formatAddress(listener.address));
  socket.resume();
  await once(socket, 'connect');
  // Whoever is not accepted yet is refused by the kernel; either way it is over.
  socket.on('error', () => undefined);
  const over = new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
  await listener.close();
  await over;
});
