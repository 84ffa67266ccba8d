import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { type Address, formatAddress } from '../foundation/address.ts';
import { LbError } from '../foundation/lb-error.ts';
import { acceptFrom } from '../transport/accept.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { ByteStream } from '../transport/transport.ts';

/** Connections the kernel completes ahead of lb's accepting them; capped by net.core.somaxconn. */
const BACKLOG = 4096;

/** Binds one address and hands over every connection that arrives there. */
export class StreamListener {
  readonly name: string;
  readonly #server: Server;
  #address: Address;

  private constructor(name: string, address: Address, server: Server) {
    this.name = name;
    this.#address = address;
    this.#server = server;
  }

  /**
   * Binds and starts to accept.
   *
   * @param accept owns the stream from then on and must put its consumer in place before it returns.
   * @throws LbError LISTEN_FAILED naming listener, address, errno and remedy.
   */
  static async bind(
    name: string,
    address: Address,
    buffers: IoBuffers,
    accept: (stream: ByteStream) => void,
  ): Promise<StreamListener> {
    const server = createServer({ allowHalfOpen: true });
    if (address.kind === 'unix') await removeStaleSocket(address.path);
    await listen(server, name, address);
    acceptFrom(server, buffers, accept);
    return new StreamListener(name, boundAddress(server, address), server);
  }

  /** Where it listens in fact: a port of 0 has become a real one. */
  get address(): Address {
    return this.#address;
  }

  /** Stops accepting; connections that exist go on. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function listen(server: Server, name: string, address: Address): Promise<void> {
  const options =
    address.kind === 'unix'
      ? { path: address.path, backlog: BACKLOG }
      : {
          host: address.host === '' ? undefined : address.host,
          port: address.port,
          backlog: BACKLOG,
        };
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `Cannot bind listener "${name}" to ${formatAddress(address)}: ${cause.code}; ${remedy(cause.code)}`;
      reject(new LbError('LISTEN_FAILED', message, { cause }));
    });
    server.listen(options, () => resolve());
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
