import { algorithmNamed, algorithms } from '../balancing/catalog.ts';
import { kinds } from '../config/kinds.ts';
import type { BackendConfig, PoolConfig, Snapshot } from '../config/snapshot.ts';
import { formatAddress, parseAddress } from '../foundation/address.ts';
import { LbError } from '../foundation/lb-error.ts';
import { applyOverlay } from './apply-overlay.ts';
import { type Authored, entryFor, type Overlay, withEntry, withoutEntry } from './overlay.ts';
import { unknownBackend, unknownPool } from './unknown-names.ts';

/** Nobody changes more by hand; each is looked at with every reload. */
const MAX_ENTRIES = 1000;

/** What there is to change: the file, and what has been changed already. */
export interface Overlaying {
  readonly file: Snapshot;
  readonly overlay: Overlay;
}

export interface BackendName {
  readonly pool: string;
  readonly backend: string;
}

/** A backend to be added, in the words of lb.yaml. */
export interface NewBackend {
  readonly address: string;
  /** undefined: the address. */
  readonly name: string | undefined;
  readonly weight: number;
  readonly maxConnections: number;
  readonly backup: boolean;
}

/** @throws LbError NAME_UNKNOWN, CONFLICT */
export function weigh(
  { file, overlay }: Overlaying,
  { pool: poolName, backend }: BackendName,
  weight: number,
  by: Authored,
): Overlay {
  const { pool, config } = find({ file, overlay }, { pool: poolName, backend });
  checkWeight(pool, config, weight);
  const entry = entryFor(overlay, poolName, backend);
  if (entry?.kind === 'added') {
    return withEntry(overlay, { ...entry, ...by, config: { ...entry.config, weight } });
  }
  return withEntry(overlay, { kind: 'weight', pool: poolName, backend, weight, ...by });
}

/** A weight that differs from the others' is ignored by some algorithms, and lb does not pretend. */
function checkWeight(pool: PoolConfig, config: BackendConfig, weight: number): void {
  const { name } = pool.algorithm;
  if (weight === 0 || algorithmNamed(name)?.weighted !== false) return;
  const others = pool.backends.filter(
    (each) => each !== config && each.backup === config.backup && each.weight > 0,
  );
  const other = others.find((each) => each.weight !== weight);
  if (other === undefined) return;
  const following = algorithms.filter(({ weighted }) => weighted).map((each) => each.name);
  throw new LbError(
    'CONFLICT',
    `Cannot give ${config.name} the weight ${weight}: ${other.name} has ${other.weight}, and ${name} ignores weights; needs an equal one, 0 for no new traffic, or one of ${following.join(', ')}`,
  );
}

/** @throws LbError NAME_UNKNOWN, REQUEST_INVALID, CONFLICT */
export function add(
  { file, overlay }: Overlaying,
  poolName: string,
  wanted: NewBackend,
  by: Authored,
): Overlay {
  const pool = findPool(applyOverlay(file, overlay).snapshot, poolName);
  if (overlay.length >= MAX_ENTRIES) {
    const message = `Cannot add a backend: ${MAX_ENTRIES} changes are there already; write some of them into the file`;
    throw new LbError('CONFLICT', message);
  }
  const config = read(wanted);
  const place = formatAddress(config.address);
  const double = pool.backends.find(
    (each) => each.name === config.name || formatAddress(each.address) === place,
  );
  if (double !== undefined) {
    const message = `Cannot add ${config.name} to ${poolName}: it has the backend ${double.name} at ${formatAddress(double.address)} already`;
    throw new LbError('CONFLICT', message);
  }
  checkWeight(pool, config, config.weight);
  const removed = findPool(file, poolName).backends.find(({ name }) => name === config.name);
  if (removed !== undefined) {
    const message = `Cannot add ${config.name} to ${poolName}: it was removed, and the file still has it; lb reset ${poolName}/${config.name} brings it back`;
    throw new LbError('CONFLICT', message);
  }
  return withEntry(overlay, {
    kind: 'added',
    pool: poolName,
    backend: config.name,
    config,
    ...by,
  });
}

function read({ address: text, name = text, ...rest }: NewBackend): BackendConfig {
  const complaint = kinds.backend_address.complain(text, {});
  const address = parseAddress(text);
  if (complaint !== null || address === null) {
    throw new LbError('REQUEST_INVALID', `Cannot add a backend: address ${complaint}`);
  }
  const wrongName = kinds.name.complain(name, {});
  if (wrongName !== null) {
    throw new LbError('REQUEST_INVALID', `Cannot add a backend: name ${wrongName}`);
  }
  return { name, address, ...rest, resolve: 'one' };
}

/** @throws LbError NAME_UNKNOWN, CONFLICT */
export function remove(
  { file, overlay }: Overlaying,
  { pool: poolName, backend }: BackendName,
  by: Authored,
): Overlay {
  const { pool } = find({ file, overlay }, { pool: poolName, backend });
  if (pool.backends.length === 1) {
    const message = `Cannot remove ${backend}: it is the last backend of ${poolName}; lb maintenance takes it out of traffic`;
    throw new LbError('CONFLICT', message);
  }
  if (entryFor(overlay, poolName, backend)?.kind === 'added') {
    return withoutEntry(overlay, poolName, backend);
  }
  return withEntry(overlay, { kind: 'removed', pool: poolName, backend, ...by });
}

/** Back to what the file says. @throws LbError NAME_UNKNOWN, CONFLICT */
export function reset(
  { file, overlay }: Overlaying,
  { pool: poolName, backend }: BackendName,
): Overlay {
  const entry = entryFor(overlay, poolName, backend);
  if (entry === null) {
    find({ file, overlay }, { pool: poolName, backend });
    return overlay;
  }
  const rest = withoutEntry(overlay, poolName, backend);
  // Without what was added, what was removed may have been all there was.
  const { overlay: held } = applyOverlay(file, overlay);
  const first = applyOverlay(file, rest).dropped.find((each) => held.includes(each.entry));
  if (first === undefined) return rest;
  const message = `Cannot reset ${poolName}/${backend}: lb reset ${first.entry.pool}/${first.entry.backend} must come first (${first.because})`;
  throw new LbError('CONFLICT', message);
}

/** @throws LbError NAME_UNKNOWN */
function find({ file, overlay }: Overlaying, { pool: poolName, backend }: BackendName) {
  const pool = findPool(applyOverlay(file, overlay).snapshot, poolName);
  const config = pool.backends.find(({ name }) => name === backend);
  if (config !== undefined) return { pool, config };
  if (entryFor(overlay, poolName, backend)?.kind === 'removed') {
    const message = `Cannot find ${backend} in ${poolName}: it was removed; lb reset ${poolName}/${backend} brings it back`;
    throw new LbError('NAME_UNKNOWN', message);
  }
  throw unknownBackend(
    poolName,
    backend,
    pool.backends.map(({ name }) => name),
  );
}

function findPool({ pools }: Snapshot, name: string): PoolConfig {
  const pool = pools.find((candidate) => candidate.name === name);
  if (pool !== undefined) return pool;
  throw unknownPool(
    name,
    pools.map((candidate) => candidate.name),
  );
}
