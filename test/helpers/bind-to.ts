import type { Address } from '../../src/foundation/address.ts';
import { StreamListener } from '../../src/listener/stream-listener.ts';
import { IoBuffers } from '../../src/transport/io-buffers.ts';

/** Binds where nobody is told of connections that could not be accepted. */
export function bindTo(name: string, address: Address): Promise<StreamListener> {
  return StreamListener.bind(name, address, {
    buffers: new IoBuffers(),
    openFiles: Infinity,
    watcher: { failed: () => undefined, fewDescriptorsLeft: () => undefined },
  });
}
