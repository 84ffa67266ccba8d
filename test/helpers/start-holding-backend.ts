import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { startHttpBackend } from './start-http-backend.ts';
import { waitFor } from './wait-for.ts';

/** A backend that answers when the test says so, with a digest of the body it got. */
export class HoldingBackend {
  /** As lb.yaml spells it. */
  address = '';
  /** Targets of all requests, in the order of their arrival. */
  readonly targets: string[] = [];
  /** The most requests it ever had at once. */
  most = 0;
  readonly #held: { readonly response: ServerResponse; readonly body: () => string }[] = [];
  readonly #events = new EventEmitter();

  hold(target: string, response: ServerResponse, body: () => string): void {
    this.targets.push(target);
    this.#held.push({ response, body });
    this.most = Math.max(this.most, this.#held.length);
    this.#events.emit('change');
  }

  /** Waits until that many requests have come in all. */
  async until(count: number): Promise<void> {
    const check = () => (this.targets.length >= count ? true : undefined);
    await waitFor(this.#events, 'change', check, () => `${this.targets.length}, not ${count}`);
  }

  /** Answers the one that came first. */
  release(): void {
    const held = this.#held.shift();
    held?.response.end(held.body());
  }
}

export async function startHoldingBackend(): Promise<HoldingBackend> {
  const backend = new HoldingBackend();
  const { address } = await startHttpBackend((request, response) => {
    const hash = createHash('sha256');
    request.on('data', (chunk: Buffer) => hash.update(chunk));
    request.on('end', () => backend.hold(request.url ?? '', response, () => hash.digest('hex')));
  });
  backend.address = address;
  return backend;
}
