import { Backend } from '../backend/backend.ts';
import { type AlgorithmServices, ConfiguredAlgorithm } from '../balancing/configured.ts';
import type { BackendConfig, PoolConfig } from '../config/snapshot.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { expand } from '../discovery/expand.ts';
import { formatAddress } from '../foundation/address.ts';
import { Pool, type PoolServices } from '../pool/pool.ts';
import { StickySessions } from '../sticky/sticky-sessions.ts';

/** What pools and their algorithms take from the process. */
export type BuildServices = PoolServices &
  AlgorithmServices & {
    /** Knows where the names of backends lead. */
    readonly discovery: Pick<Discovery, 'addressesOf' | 'endpointOf'>;
  };

/** A backend as the configuration has it, at work. */
interface Member {
  readonly backend: Backend;
  config: BackendConfig;
}

/** One pool of a configuration at work. Other configurations are taken over in place: what did not change stays. */
export class RunningPool {
  readonly pool: Pool;
  config: PoolConfig;
  /** null where clients are not kept at a backend. */
  sticky: StickySessions | null;
  readonly #services: BuildServices;
  #members: ReadonlyMap<string, Member>;

  constructor(config: PoolConfig, services: BuildServices) {
    this.config = config;
    this.#services = services;
    this.#members = this.#bring(config.backends, new Map());
    const algorithm = new ConfiguredAlgorithm(config.algorithm, services);
    const backends = [...this.#members.values()].map(({ backend }) => backend);
    this.pool = new Pool(config.name, backends, config, services, algorithm);
    this.sticky = stickyOf(config, backends);
  }

  /**
   * Takes over another configuration of the same pool.
   *
   * @param newModules algorithms to build anew although they are configured alike.
   * @returns the backends that were removed.
   */
  update(config: PoolConfig, newModules: ReadonlySet<string>): readonly Backend[] {
    const { pool } = this;
    const before = this.config;
    this.config = config;
    const keep =
      isAlike(before.algorithm, config.algorithm) && !newModules.has(config.algorithm.name);
    pool.configure(config, keep ? null : new ConfiguredAlgorithm(config.algorithm, this.#services));
    const removed = this.replaceBackends(config.backends);
    for (const { idle } of pool.backends) idle.max = config.connectionPool.maxIdle;
    if (!isAlike(before.sticky, config.sticky)) this.sticky = stickyOf(config, pool.backends);
    return removed;
  }

  /**
   * Brings the backends to those of a list; one with the name and address of a present one is that one, and keeps its
   * connections, counters, health and clients. What people changed since (its weight, say) holds until the list itself
   * says something new.
   *
   * @returns the backends that were removed.
   */
  replaceBackends(configs: readonly BackendConfig[]): readonly Backend[] {
    this.#members = this.#bring(configs, this.#members);
    const backends = [...this.#members.values()].map(({ backend }) => backend);
    const removed = this.pool.replaceBackends(backends);
    this.sticky?.replaceBackends(backends);
    return removed;
  }

  /** @param before members to go on with. */
  #bring(
    configs: readonly BackendConfig[],
    before: ReadonlyMap<string, Member>,
  ): ReadonlyMap<string, Member> {
    const { discovery } = this.#services;
    const { name, connectionPool } = this.config;
    const members = expand(configs, (host) => discovery.addressesOf(host)).map((config) => {
      const known = before.get(keyOf(config));
      if (known !== undefined) {
        changeFacts(known, config);
        return known;
      }
      const endpoint = discovery.endpointOf(config.address);
      const { maxIdle } = connectionPool;
      const backend = new Backend(config.name, name, config.address, maxIdle, config, endpoint);
      return { backend, config };
    });
    return new Map(members.map((member) => [keyOf(member.config), member]));
  }
}

/** Names are unique within a pool, so an address under another name is another backend. */
function keyOf({ name, address }: BackendConfig): string {
  return `${name} ${formatAddress(address)}`;
}

function changeFacts(member: Member, config: BackendConfig): void {
  const { backend, config: before } = member;
  if (before.weight !== config.weight) backend.configuredWeight = config.weight;
  if (before.maxConnections !== config.maxConnections) {
    backend.maxConnections = config.maxConnections;
  }
  if (before.backup !== config.backup) backend.backup = config.backup;
  member.config = config;
}

function stickyOf(config: PoolConfig, backends: readonly Backend[]): StickySessions | null {
  return config.sticky === null ? null : new StickySessions(config.name, backends, config.sticky);
}

/** For parts of snapshots, whose keys always stand in the same order. */
function isAlike(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
