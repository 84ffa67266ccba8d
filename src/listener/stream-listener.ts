import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { type Address, formatAddress } from '../foundation/address.ts';
import { LbError } from '../foundation/lb-error.ts';
import { acceptFrom } from '../transport/accept.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { ByteStream } from '../transport/transport.ts';
import { descriptorAddress } from './descriptor-address.ts';

/** Connections the kernel completes ahead of lb's accepting them, capped by net.core.somaxconn; and lb ahead of its serving them. */
const BACKLOG = 4096;

/** So few file descriptors that connections to backends and log files may not find one. */
const FEW_DESCRIPTORS = 16;

/** Owns a stream from then on and must put its consumer in place before it returns. */
export type Accept = (stream: ByteStream) => void;

/** Hears what goes wrong before a connection is anybody's. */
export interface AcceptWatcher {
  /** A connection could not be accepted. */
  failed(code: string): void;
  /** A connection was accepted with one of the last file descriptors. When none is left, connections are closed unserved. */
  fewDescriptorsLeft(): void;
}

export interface BindOptions {
  readonly buffers: IoBuffers;
  /** How many files the process may have open; Infinity where that is not known. */
  readonly openFiles: number;
  readonly watcher: AcceptWatcher;
  /** A Unix socket that nobody but lb's user may connect to. */
  readonly isPrivate?: true;
}
/** Serves a socket that is nobody's: in its queue, clients would wait for an answer that does not come. */
const turnAway: Accept = (stream) => stream.destroy();

/** One bound address, and whoever serves the connections that arrive there: a reload may put another in charge. */
export class StreamListener {
  /** Where it listens in fact: a port of 0 has become a real one. */
  readonly address: Address;
  readonly #server: Server;
  /** Open elsewhere, too, and bound for as long as it is there: lb must not close it before it ends. */
  #isKept: boolean;
  #accept: Accept | null = null;
  /** Unread connections that nobody serves yet: they came while lb was binding its other listeners or looking up names. */
  #early: ByteStream[] = [];

  private constructor(
    address: Address,
    server: Server,
    { buffers, openFiles, watcher }: BindOptions,
    isKept: boolean,
  ) {
    this.address = address;
    this.#server = server;
    this.#isKept = isKept;
    acceptFrom(server, buffers, {
      accept: (stream, descriptor) => {
        // The lowest one that is free, so nearly all below are taken.
        if (descriptor + FEW_DESCRIPTORS >= openFiles) watcher.fewDescriptorsLeft();
        if (this.#accept !== null) this.#accept(stream);
        else this.#keep(stream);
      },
      acceptFailed: (code) => watcher.failed(code),
    });
  }

  #keep(stream: ByteStream): void {
    if (this.#early.length >= BACKLOG) {
      stream.destroy();
      return;
    }
    stream.pause();
    this.#early.push(stream);
  }

  /**
   * Binds. Connections are kept until `serve`.
   *
   * @throws LbError LISTEN_FAILED naming listener, address, errno and remedy.
   */
  static async bind(name: string, address: Address, options: BindOptions): Promise<StreamListener> {
    const server = createServer({ allowHalfOpen: true });
    if (address.kind === 'unix') await removeStaleSocket(address.path);
    await listen(server, name, address, options.isPrivate ?? false);
    return new StreamListener(boundAddress(server, address), server, options, false);
  }

  /**
   * Takes over a socket that was bound before lb was started. Connections are kept until `serve`.
   *
   * @param descriptor owned from then on.
   * @throws LbError LISTEN_FAILED when it is no stream socket.
   */
  static async adopt(descriptor: number, options: BindOptions): Promise<StreamListener> {
    const server = createServer({ allowHalfOpen: true });
    await adopt(server, descriptor);
    return new StreamListener(descriptorAddress(server, descriptor), server, options, true);
  }

  /** Hands every connection from now on to `accept`, and no more to whom it went before. */
  serve(accept: Accept): void {
    this.#accept = accept;
    for (const stream of this.#early.splice(0)) {
      accept(stream);
      stream.resume();
    }
  }

  /**
   * Stops accepting, unless somebody other than `accept` serves by now; connections that exist go on. A socket that was
   * taken over stays, for a later generation that wants it again; until then it turns connections away.
   */
  async release(accept: Accept): Promise<void> {
    if (this.#accept !== accept) return;
    if (this.#isKept) this.#accept = turnAway;
    else await this.close();
  }

  /** Nobody wants what was taken over: connections are turned away until somebody serves. */
  leaveUnserved(): void {
    if (this.#accept === null) this.serve(turnAway);
  }

  /** The end is near: whoever serves what was taken over may close it; unserved, it is closed now. */
  async letGo(): Promise<void> {
    this.#isKept = false;
    if (this.#accept === null || this.#accept === turnAway) await this.close();
  }

  /** Stops accepting; connections that exist go on, but for those that nobody serves yet. */
  close(): Promise<void> {
    for (const stream of this.#early.splice(0)) stream.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function listen(server: Server, name: string, address: Address, isPrivate: boolean): Promise<void> {
  const options =
    address.kind === 'unix'
      ? { path: address.path, backlog: BACKLOG }
      : {
          host: address.host === '' ? undefined : address.host,
          port: address.port,
          backlog: BACKLOG,
        };
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException) => {
      const message = `Cannot bind listener "${name}" to ${formatAddress(address)}: ${cause.code}; ${remedy(cause.code)}`;
      reject(new LbError('LISTEN_FAILED', message, { cause }));
    };
    server.once('error', onError);
    // The socket file is made before `listen` returns: its mode is right from the moment it exists.
    const umask = isPrivate ? process.umask(0o177) : null;
    server.listen(options, () => {
      server.off('error', onError);
      resolve();
    });
    if (umask !== null) process.umask(umask);
  });
}

function adopt(server: Server, descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `Cannot take over descriptor ${descriptor}: ${cause.code}; needs a TCP or Unix stream socket that is bound`;
      reject(new LbError('LISTEN_FAILED', message, { cause }));
    });
    server.listen({ fd: descriptor, backlog: BACKLOG }, () => resolve());
  });
}

function boundAddress(server: Server, asked: Address): Address {
  const bound = server.address();
  if (asked.kind === 'unix' || bound === null || typeof bound === 'string') return asked;
  return { kind: 'tcp', host: asked.host, port: bound.port };
}

function remedy(code: string | undefined): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another process listens there: stop it (ss -ltnp shows it) or choose another address';
    case 'EACCES':
      return 'ports below 1024 need CAP_NET_BIND_SERVICE, and a socket path needs a folder lb may write to';
    case 'EADDRNOTAVAIL':
      return 'no interface of this machine has that address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name does not resolve; use an address of this machine';
    case 'ENOENT':
    case 'ENOTDIR':
      return 'the folder of the socket path does not exist: create it';
    default:
      return 'check the address';
  }
}

/** A process that was killed leaves its socket file behind; it goes unless somebody answers there. */
async function removeStaleSocket(path: string): Promise<void> {
  const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
  if (isSocket && !(await answers(path))) unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
