import { overlap } from '../config/check-binds.ts';
import { type Address, formatAddress } from '../foundation/address.ts';
import { LbError } from '../foundation/lb-error.ts';
import { type AcceptWatcher, StreamListener } from '../listener/stream-listener.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';

/** Somebody who wants to listen. */
export interface Wish {
  /** Of the listener, for messages. */
  readonly name: string;
  readonly bind: Address;
  /** A Unix socket for lb's own user alone. */
  readonly isPrivate?: true;
  /** Rather do without it than fail. */
  readonly isOptional?: true;
}

export interface SocketsOptions {
  readonly buffers: IoBuffers;
  /** How many files the process may have open. */
  readonly openFiles: number;
  readonly watcherFor: (listener: string) => AcceptWatcher;
}

type Bound = ReadonlyMap<string, StreamListener>;

/** The bound addresses of a process. Which of them a reload keeps is a matter of the address alone. */
export class Sockets {
  readonly #buffers: IoBuffers;
  readonly #openFiles: number;
  readonly #watcherFor: (listener: string) => AcceptWatcher;
  #bound: Bound = new Map();

  constructor({ buffers, openFiles, watcherFor }: SocketsOptions) {
    this.#buffers = buffers;
    this.#openFiles = openFiles;
    this.#watcherFor = watcherFor;
  }

  /**
   * Binds what is wanted and not bound yet; everything bound so far stays.
   *
   * @throws LbError LISTEN_FAILED: nothing has changed.
   */
  async stage(wishes: readonly Wish[]): Promise<StagedSockets> {
    const known = this.#bound;
    const wanted = new Map<string, StreamListener>();
    const fresh: StreamListener[] = [];
    const denied = new Map<string, LbError>();
    try {
      for (const wish of wishes) {
        const socket = known.get(keyOf(wish)) ?? (await this.#tryToBind(wish, denied));
        if (socket === null) continue;
        if (!known.has(keyOf(wish))) fresh.push(socket);
        wanted.set(keyOf(wish), socket);
      }
    } catch (error) {
      await Promise.all(fresh.map((socket) => socket.close()));
      throw error;
    }
    return new StagedSockets(wanted, fresh, denied, () => {
      this.#bound = wanted;
    });
  }

  async #tryToBind(wish: Wish, denied: Map<string, LbError>): Promise<StreamListener | null> {
    try {
      return await this.#bind(wish);
    } catch (error) {
      if (wish.isOptional !== true || !(error instanceof LbError)) throw error;
      denied.set(keyOf(wish), error);
      return null;
    }
  }

  async #bind(wish: Wish): Promise<StreamListener> {
    try {
      return await StreamListener.bind(wish.name, wish.bind, {
        buffers: this.#buffers,
        openFiles: this.#openFiles,
        ...(wish.isPrivate === true ? { isPrivate: true } : {}),
        watcher: this.#watcherFor(wish.name),
      });
    } catch (error) {
      const own = [...this.#bound.values()].find(({ address }) => overlap(address, wish.bind));
      if (own === undefined) throw error;
      const place = formatAddress(wish.bind);
      const message = `Cannot bind listener "${wish.name}" to ${place}: lb itself listens on ${formatAddress(own.address)}, which covers it; restart lb to exchange the two, or remove the one in a first reload and add the other in a second`;
      // biome-ignore lint/style/useErrorCause: the cause is the third argument of LbError
      throw new LbError('LISTEN_FAILED', message, { cause: error });
    }
  }
}

/** What a generation will listen on, all of it bound. Exactly one of `commit` and `abort` follows. */
export class StagedSockets {
  readonly #wanted: Bound;
  readonly #fresh: readonly StreamListener[];
  readonly #denied: ReadonlyMap<string, LbError>;
  readonly #onCommit: () => void;

  constructor(
    wanted: Bound,
    fresh: readonly StreamListener[],
    denied: ReadonlyMap<string, LbError>,
    onCommit: () => void,
  ) {
    this.#wanted = wanted;
    this.#fresh = fresh;
    this.#denied = denied;
    this.#onCommit = onCommit;
  }

  /** @param wish one of those staged. */
  socketFor(wish: Wish): StreamListener {
    const socket = this.#wanted.get(keyOf(wish));
    if (socket === undefined) throw new Error(`Cannot find the socket of ${wish.name}`);
    return socket;
  }

  /** Why an optional one is not there; null when it is. */
  whyDenied(wish: Wish): string | null {
    return this.#denied.get(keyOf(wish))?.message ?? null;
  }

  /** Those that are not wanted any more are for their listeners to close. */
  commit(): void {
    this.#onCommit();
  }

  async abort(): Promise<void> {
    await Promise.all(this.#fresh.map((socket) => socket.close()));
  }
}

/** A port of 0 is another one for each listener. */
function keyOf({ name, bind }: Wish): string {
  const text = formatAddress(bind);
  return bind.kind === 'tcp' && bind.port === 0 ? `${name} ${text}` : text;
}
