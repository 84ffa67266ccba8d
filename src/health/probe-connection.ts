import type { Endpoint } from '../backend/endpoint.ts';
import { type Address, formatAddress } from '../foundation/address.ts';
import { dial } from '../transport/dial.ts';
import type { ByteConsumer, ByteStream } from '../transport/transport.ts';
import {
  failed,
  type Probe,
  type ProbeOwner,
  type ProbeResult,
  type ProbeServices,
} from './check.ts';

/** What a probe says on its connection and makes of what it hears. Answers null while it cannot tell yet. */
export interface Dialogue {
  /** Sent as soon as the connection is there; empty: nothing. */
  readonly opening: Buffer;
  /** A connection is there: forgets the one before. */
  begin(): ProbeResult | null;
  /** Bytes have arrived at [start, end); they are not retained. */
  read(buffer: Buffer, start: number, end: number): ProbeResult | null;
  /** The backend will say no more. */
  end(): ProbeResult;
  /** The connection is gone, before or after a result. */
  release(): void;
}

/** What a stream tells after its probe is over goes here: the next probe may be running by then. */
const nobody: ByteConsumer = {
  onBytes: () => false,
  onEnd: () => undefined,
  onDrain: () => undefined,
  onClose: () => undefined,
};

/**
 * A probe over a connection of its own, dialled anew each time: a backend that has run out of connections must not
 * look well because lb kept one, and traffic's kept-alive connections are not for probes.
 */
export class ProbeConnection implements Probe, ByteConsumer {
  readonly #endpoint: Endpoint;
  readonly #services: ProbeServices;
  readonly #owner: ProbeOwner;
  readonly #dialogue: Dialogue;
  /** Of the probe that is running; null between two. */
  #stream: ByteStream | null = null;
  /** Where the last probe has gone. */
  #target: Address;
  #connected = false;

  constructor(endpoint: Endpoint, services: ProbeServices, owner: ProbeOwner, dialogue: Dialogue) {
    this.#endpoint = endpoint;
    this.#target = endpoint.address;
    this.#services = services;
    this.#owner = owner;
    this.#dialogue = dialogue;
  }

  start(): void {
    const { target, address } = this.#endpoint;
    this.#target = target ?? address;
    this.#connected = false;
    this.#stream = dial(this.#services.buffers, this, this.#target);
  }

  abort(): void {
    const stream = this.#stream;
    if (stream === null) return;
    this.#stream = null;
    stream.consumer = nobody;
    stream.destroy();
    if (!this.#connected) this.#endpoint.avoid(this.#target);
    this.#dialogue.release();
  }

  onConnect(): void {
    this.#connected = true;
    const result = this.#dialogue.begin();
    if (result !== null) {
      this.#finish(result);
      return;
    }
    const { opening } = this.#dialogue;
    if (opening.length > 0) this.#stream?.write(opening, 0, opening.length);
  }

  onBytes(buffer: Buffer, start: number, end: number): boolean {
    const result = this.#dialogue.read(buffer, start, end);
    if (result !== null) this.#finish(result);
    return result === null;
  }

  onEnd(): void {
    this.#finish(this.#dialogue.end());
  }

  onDrain(): void {}

  onClose(error: NodeJS.ErrnoException | null): void {
    this.#finish(failed(error === null ? 'the connection closed' : this.#wordsFor(error)));
  }

  #finish(result: ProbeResult): void {
    this.abort();
    this.#owner.onProbed(result);
  }

  #wordsFor(error: NodeJS.ErrnoException): string {
    const words = new Map([
      ['ECONNREFUSED', `${formatAddress(this.#target)} refused the connection`],
      ['ECONNRESET', 'the connection was reset'],
    ]);
    const code = error.code ?? error.message;
    return words.get(code) ?? `the connection failed: ${code}`;
  }
}
