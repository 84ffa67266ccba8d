import type { AddressInfo, Server } from 'node:net';
import { formatAddress, parseAddress } from '../../src/foundation/address.ts';

/** Listens where lb.yaml's spelling of an address says. */
export function listen(server: Server, bind: string): Promise<void> {
  const address = parseAddress(bind);
  if (address === null) throw new Error(`Not an address: ${bind}`);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    if (address.kind === 'unix') server.listen(address.path, resolve);
    else server.listen(address.port, address.host, resolve);
  });
}

/** Where it listens, as lb.yaml spells it. */
export function addressOf(server: Server): string {
  const address = server.address() as AddressInfo | string; // listening: never null
  if (typeof address === 'string') return `unix:${address}`;
  return formatAddress({ kind: 'tcp', host: address.address, port: address.port });
}

/** Stops listening; resolves when the last connection has closed. A server that does not listen is left alone. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
