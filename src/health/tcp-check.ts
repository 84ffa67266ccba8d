import { defineCheck, failed, PASSED, type ProbeResult } from './check.ts';
import { type Dialogue, ProbeConnection } from './probe-connection.ts';

export interface TcpCheckOptions {
  /** Said after connecting; '' for nothing. */
  readonly send: string;
  /** Must appear in what the backend says; '' when being accepted is enough. */
  readonly expect: string;
}

/** What is looked through for `expect`. */
const MAX_ANSWER_BYTES = 16 * 1024;

class TcpDialogue implements Dialogue {
  readonly opening: Buffer;
  readonly #expected: Buffer;
  #heard: Buffer = Buffer.alloc(0);

  constructor({ send, expect }: TcpCheckOptions) {
    this.opening = Buffer.from(send);
    this.#expected = Buffer.from(expect);
  }

  begin(): ProbeResult | null {
    // Without anything to wait for, `send` would only be cut off by the close that follows.
    return this.#expected.length === 0 ? PASSED : null;
  }

  read(buffer: Buffer, start: number, end: number): ProbeResult | null {
    this.#heard = Buffer.concat([this.#heard, buffer.subarray(start, end)]);
    if (this.#heard.includes(this.#expected)) return PASSED;
    if (this.#heard.length < MAX_ANSWER_BYTES) return null;
    return failed('what was expected is not in the first 16 KiB of the answer');
  }

  end(): ProbeResult {
    return failed('the backend closed the connection without saying what was expected');
  }

  release(): void {
    this.#heard = Buffer.alloc(0);
  }
}

/** Passes when the backend accepts a connection and, where asked for, says what is expected. */
export const tcpCheck = defineCheck({
  name: 'tcp', // as lb.yaml spells it
  optionSchemas: {
    send: { type: 'string', kind: 'text', default: '' },
    expect: { type: 'string', kind: 'text', default: '' },
  },
  build: (options: TcpCheckOptions, endpoint, services, owner) =>
    new ProbeConnection(endpoint, services, owner, new TcpDialogue(options)),
});
