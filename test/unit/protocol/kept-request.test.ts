import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/foundation/byte-writer.ts';
import { KeptRequest } from '../../../src/protocol/kept-request.ts';
import { SpareBuffers } from '../../../src/transport/spare-buffers.ts';
import type { ByteStream } from '../../../src/transport/transport.ts';

const SPARE = 16;

/** What is kept, and by what it is kept. */
function setUp(limit: number) {
  const spares = new SpareBuffers(SPARE, 4);
  const kept = new KeptRequest(spares);
  kept.begin(limit);
  const out = new ByteWriter(32);
  let sent = '';
  const stream = {
    write(buffer: Buffer, start: number, end: number) {
      sent += buffer.toString('latin1', start, end);
      return true;
    },
    flush(writer: ByteWriter) {
      sent += writer.buffer.toString('latin1', 0, writer.length);
      writer.length = 0;
      return true;
    },
  } as Partial<ByteStream> as ByteStream; // sendTo calls nothing else
  return {
    kept,
    spares,
    hold(text: string) {
      out.text(text);
      kept.hold(out);
      expect(out.length).toBe(0);
    },
    send: (text: string) => kept.sent(Buffer.from(text), 0, text.length),
    sendAll() {
      sent = '';
      kept.sendTo(stream, out);
      return sent;
    },
  };
}

describe('KeptRequest', () => {
  it('keeps what nobody has taken, and forgets it when it is sent', () => {
    const { kept, hold, sendAll } = setUp(0);
    hold('POST');
    hold(' body');
    expect(kept.empty).toBe(false);
    expect(kept.repeatable).toBe(false);
    expect(sendAll()).toBe('POST body');
    expect(kept.empty).toBe(true);
  });

  it('keeps what was sent as long as it is within the limit', () => {
    const { kept, hold, send, sendAll } = setUp(10);
    hold('PUT');
    expect(sendAll()).toBe('PUT');
    send(' body');
    expect(kept.repeatable).toBe(true);
    expect(sendAll()).toBe('PUT body');
    expect(sendAll()).toBe('PUT body');
    send('123');
    expect(kept.repeatable).toBe(false);
    expect(kept.empty).toBe(true);
    send('4');
    expect(kept.empty).toBe(true);
  });

  it('keeps nothing that was sent without a limit', () => {
    const { kept, send } = setUp(0);
    send('POST');
    expect(kept.empty).toBe(true);
  });

  it('keeps the order when it outgrows a spare buffer, and the writer', () => {
    const { hold, send, sendAll } = setUp(1000);
    const parts = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(SPARE - 1));
    hold(parts[0]!);
    for (const part of parts.slice(1)) send(part);
    expect(sendAll()).toBe(parts.join(''));
  });

  it('gives its buffer back, once', () => {
    const { kept, spares, send } = setUp(100);
    send('GET');
    kept.forget();
    kept.forget();
    const [one, other] = [spares.take(), spares.take()];
    expect(one).not.toBe(other);
    expect(one.toString('latin1', 0, 3)).toBe('GET');
  });

  it('takes one buffer for all requests of a connection that come one after the other', () => {
    const { kept, spares, send } = setUp(100);
    const buffer = spares.take();
    spares.release(buffer);
    for (let at = 0; at < 5; at++) {
      kept.begin(100);
      send('GET');
    }
    kept.forget();
    expect(spares.take()).toBe(buffer);
  });

  it('never gives back a buffer of another size', () => {
    const { kept, spares, send } = setUp(1000);
    send('x'.repeat(SPARE + 1));
    kept.forget();
    expect(spares.take()).toHaveLength(SPARE);
  });
});
