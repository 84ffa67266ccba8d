import type { ListenerConfig } from '../config/snapshot.ts';
import { unreachable } from '../foundation/unreachable.ts';
import { HttpListener } from '../protocol/http1.ts';
import type { RunningListener } from '../protocol/protocol.ts';
import type { Services } from '../protocol/services.ts';
import { TcpListener } from '../protocol/tcp.ts';
import type { RunningPools } from './running-pools.ts';
import type { StagedSockets } from './sockets.ts';

/** The listeners of a daemon. */
export class RunningListeners {
  readonly #services: Services;
  /** In configuration order. */
  #all: readonly RunningListener[] = [];

  constructor(services: Services) {
    this.#services = services;
  }

  get all(): readonly RunningListener[] {
    return this.#all;
  }

  /**
   * Brings all listeners to another generation: one with the name, protocol and address of a present one is that one,
   * and keeps its connections. All others begin to accept.
   *
   * @returns those that were removed, which have not been told.
   */
  replace(
    configs: readonly ListenerConfig[],
    pools: RunningPools,
    sockets: StagedSockets,
  ): readonly RunningListener[] {
    const before = new Set(this.#all);
    this.#all = configs.map((config) => {
      const socket = sockets.socketFor(config);
      for (const known of before) {
        const isSame = known.name === config.name && known.address === socket.address;
        if (isSame && update(known, config, pools)) return known;
      }
      return this.#build(config, pools, sockets);
    });
    for (const listener of this.#all) {
      if (!before.delete(listener)) listener.serve();
    }
    return [...before];
  }

  #build(config: ListenerConfig, pools: RunningPools, sockets: StagedSockets): RunningListener {
    const socket = sockets.socketFor(config);
    switch (config.protocol) {
      case 'http': {
        const router = pools.router(config.routes, config.forwarding);
        return new HttpListener(socket, config, router, this.#services);
      }
      case 'tcp':
        return new TcpListener(socket, config, pools.pool(config.pool), this.#services);
      default:
        return unreachable(config);
    }
  }
}

/** @returns false for a listener of another protocol. */
function update(listener: RunningListener, config: ListenerConfig, pools: RunningPools): boolean {
  if (listener instanceof HttpListener && config.protocol === 'http') {
    listener.update(config, pools.router(config.routes, config.forwarding));
    return true;
  }
  if (listener instanceof TcpListener && config.protocol === 'tcp') {
    listener.update(config, pools.pool(config.pool));
    return true;
  }
  return false;
}
