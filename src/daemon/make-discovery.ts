import { type AddressChange, Discovery, type DiscoveryServices } from '../discovery/discovery.ts';
import { DiscoveryLog } from './discovery-log.ts';
import type { Log } from './log.ts';

/** Discovery that writes into the log, and tells whoever has backends at a name. */
export function makeDiscovery(
  services: Omit<DiscoveryServices, 'listener'>,
  log: Log,
  onAddresses: (change: AddressChange) => void,
): Discovery {
  const discoveryLog = new DiscoveryLog(log);
  return new Discovery({
    ...services,
    listener: {
      onAddresses: (change) => {
        discoveryLog.onAddresses(change);
        onAddresses(change);
      },
      onFailing: (name, why) => discoveryLog.onFailing(name, why),
      onRecovered: (name) => discoveryLog.onRecovered(name),
    },
  });
}
