import { formatAddress, parseAddress } from '../foundation/address.ts';
import type { Overlay, OverlayEntry } from '../overlay/overlay.ts';
import type { Place } from './place.ts';

const MAX_WEIGHT = 1000;
const MAX_CONNECTIONS = 1_000_000;

/** What the file says of the changes that people have made, in the words of lb.yaml. */
export function renderOverlay(overlay: Overlay): readonly object[] {
  return overlay.map((entry) => {
    const { kind, pool, backend, who, why, sinceMs } = entry;
    const by = { who, why, since: new Date(sinceMs).toISOString() };
    return { change: kind, pool, backend, ...renderValue(entry), ...by };
  });
}

function renderValue(entry: OverlayEntry): object {
  if (entry.kind === 'removed') return {};
  if (entry.kind === 'weight') return { weight: entry.weight };
  const { address, weight, maxConnections, backup } = entry.config;
  return { address: formatAddress(address), weight, max_connections: maxConnections, backup };
}

/** @throws Error that says what is wrong. */
export function parseOverlayEntry(place: Place): OverlayEntry {
  const base = {
    pool: place.at('pool').text(),
    backend: place.at('backend').text(),
    who: place.at('who').text(),
    why: place.at('why').text(),
    sinceMs: place.at('since').time(),
  };
  const kind = place.at('change').oneOf(['weight', 'added', 'removed']);
  if (kind === 'removed') return { kind, ...base };
  const weight = place.at('weight').count(MAX_WEIGHT);
  if (kind === 'weight') return { kind, ...base, weight };
  const text = place.at('address').text();
  const address = parseAddress(text);
  if (address === null) throw new Error(`${JSON.stringify(text)} is not an address`);
  const maxConnections = place.at('max_connections').count(MAX_CONNECTIONS);
  const backup = place.at('backup').flag();
  const config = {
    name: base.backend,
    address,
    weight,
    maxConnections,
    backup,
    resolve: 'one',
  } as const;
  return { kind, ...base, config };
}
