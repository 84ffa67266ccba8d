import { overlap } from '../config/check-binds.ts';
import { type Address, formatAddress } from '../foundation/address.ts';
import { LbError } from '../foundation/lb-error.ts';
import {
  type AcceptWatcher,
  type BindOptions,
  StreamListener,
} from '../listener/stream-listener.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { Log } from './log.ts';

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
  /** Taken over from whoever started lb; open until the end, wanted or not. */
  readonly #inherited: StreamListener[] = [];
  #bound: Bound = new Map();

  constructor({ buffers, openFiles, watcherFor }: SocketsOptions) {
    this.#buffers = buffers;
    this.#openFiles = openFiles;
    this.#watcherFor = watcherFor;
  }

  /**
   * Takes over sockets that were open when lb was started. Who wants such an address, from `begin` on, gets that socket;
   * when `begin` fails, none of them keeps the process.
   *
   * @throws LbError LISTEN_FAILED for a descriptor that is no stream socket; and as `begin`.
   */
  async beginWith(descriptors: readonly number[], log: Log, begin: () => Promise<void>) {
    try {
      for (const descriptor of descriptors) {
        const options = this.#options(`descriptor ${descriptor}`);
        this.#inherited.push(await StreamListener.adopt(descriptor, options));
      }
      const addresses = this.#inherited.map(({ address }) => formatAddress(address));
      if (addresses.length > 0) log.info({ addresses }, 'sockets taken over');
      await begin();
    } catch (error) {
      await this.letGo();
      throw error;
    }
  }

  /** @param name of whom the log tells what goes wrong before a connection is anybody's. */
  #options(name: string): BindOptions {
    const watcher = this.#watcherFor(name);
    return { buffers: this.#buffers, openFiles: this.#openFiles, watcher };
  }

  /** Before listeners are closed for good: what was taken over is closed with them. */
  async letGo(): Promise<void> {
    await Promise.all(this.#inherited.map((socket) => socket.letGo()));
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
        const present = known.get(keyOf(wish)) ?? this.#inheritedFor(wish);
        const socket = present ?? (await this.#tryToBind(wish, denied));
        if (socket === null) continue;
        if (present === undefined) fresh.push(socket);
        wanted.set(keyOf(wish), socket);
      }
    } catch (error) {
      await Promise.all(fresh.map((socket) => socket.close()));
      throw error;
    }
    return new StagedSockets(wanted, fresh, denied, () => {
      this.#bound = wanted;
      const served = new Set(wanted.values());
      for (const socket of this.#inherited) if (!served.has(socket)) socket.leaveUnserved();
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

  #inheritedFor({ bind }: Wish): StreamListener | undefined {
    return this.#inherited.find(({ address }) => answersTo(address, bind));
  }

  async #bind(wish: Wish): Promise<StreamListener> {
    try {
      return await StreamListener.bind(wish.name, wish.bind, {
        ...this.#options(wish.name),
        ...(wish.isPrivate === true ? { isPrivate: true } : {}),
      });
    } catch (error) {
      const covers = ({ address }: StreamListener) => overlap(address, wish.bind);
      const own = this.#inherited.find(covers) ?? [...this.#bound.values()].find(covers);
      if (own === undefined) throw error;
      const place = formatAddress(wish.bind);
      const way = this.#inherited.includes(own)
        ? 'it was started with that socket; give both the same address'
        : 'restart lb to exchange the two, or remove the one in a first reload and add the other in a second';
      const message = `Cannot bind listener "${wish.name}" to ${place}: lb itself listens on ${formatAddress(own.address)}, which covers it; ${way}`;
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

/** Whether a socket bound to `address` is what `wish` asks for; `:80` asks for every interface, however it is spelt. */
function answersTo(address: Address, wish: Address): boolean {
  if (address.kind === 'unix' || wish.kind === 'unix') {
    return formatAddress(address) === formatAddress(wish);
  }
  const isHost =
    wish.host === '' ? ['::', '0.0.0.0'].includes(address.host) : address.host === wish.host;
  return isHost && address.port === wish.port;
}

/** A port of 0 is another one for each listener. */
function keyOf({ name, bind }: Wish): string {
  const text = formatAddress(bind);
  return bind.kind === 'tcp' && bind.port === 0 ? `${name} ${text}` : text;
}
