import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { Gate } from './gate.ts';
import { isInHostsFile } from './hosts-file.ts';
import type { Answer, NameResolver } from './resolver.ts';

export type AddressFamily = 'any' | 'ipv4' | 'ipv6';

export interface ResolverOptions {
  /** DNS servers, `address` or `address:port`; none: those of the system. */
  readonly servers: readonly string[];
  /** Which addresses are of interest. */
  readonly family: AddressFamily;
}

const HOSTS_FILE = '/etc/hosts';
/** The system does not say how long its answers hold. */
const SYSTEM_TTL_MS = 10_000;
/** Of one question to one server. */
const QUERY_TIMEOUT_MS = 2000;
const QUERY_TRIES = 2;
const MAX_RESOLUTIONS = 16;
/** Each holds one of the process's four worker threads, maybe for long, and logs are written by these, too. */
const MAX_LOOKUPS = 2;

/** What DNS says when it knows that there is nothing, rather than not knowing. */
const NO_ADDRESS: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);
/** Besides that, what makes the system worth asking: it may know more than DNS. */
const NO_SERVER = 'ECONNREFUSED';

/**
 * Asks whom an operator would expect:
 *
 * 1. `localhost` and names in /etc/hosts: the system (`getaddrinfo`), always.
 * 2. Otherwise, where servers are configured: those, and nobody else.
 * 3. Otherwise, a name with a dot: the DNS servers of /etc/resolv.conf, which tell how long the answer holds. When they
 *    know no such name, and for a name without a dot: the system, which also knows search domains and other sources.
 */
export class SystemResolver implements NameResolver {
  /** May be exchanged at any time; the next resolutions go by it. */
  options: ResolverOptions;
  readonly #resolutions = new Gate(MAX_RESOLUTIONS);
  readonly #lookups = new Gate(MAX_LOOKUPS);
  /** Asking at present. */
  readonly #asking = new Set<Resolver>();
  #cancelled = false;

  constructor(options: ResolverOptions) {
    this.options = options;
  }

  resolve(host: string): Promise<Answer> {
    return this.#resolutions.run(() => this.#resolve(host));
  }

  cancel(): void {
    this.#cancelled = true;
    for (const resolver of this.#asking) resolver.cancel();
  }

  async #resolve(host: string): Promise<Answer> {
    const local = host === 'localhost' || (await isLocal(host));
    // Those that waited for their turn begin one after the other as the others are cancelled.
    if (this.#cancelled) throw withCode('ECANCELLED', `${host} is looked up no more`);
    if (local) return this.#askSystem(host);
    const configured = this.options.servers.length > 0;
    if (!configured && !host.includes('.')) return this.#askSystem(host);
    try {
      return await this.#askServers(host);
    } catch (error) {
      const code = codeOf(error);
      if (configured || !(NO_ADDRESS.has(code) || code === NO_SERVER)) throw error;
      return this.#askSystem(host);
    }
  }

  async #askServers(host: string): Promise<Answer> {
    const { servers, family } = this.options;
    // Made anew each time (15 µs), so that a changed /etc/resolv.conf is noticed.
    const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
    if (servers.length > 0) resolver.setServers(servers);
    const questions = [];
    if (family !== 'ipv6') questions.push(resolver.resolve4(host, { ttl: true }));
    if (family !== 'ipv4') questions.push(resolver.resolve6(host, { ttl: true }));
    this.#asking.add(resolver);
    const results = await Promise.allSettled(questions);
    this.#asking.delete(resolver);
    const records = results.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const errors = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    const unanswered = errors.find((error) => !NO_ADDRESS.has(codeOf(error)));
    // A server may answer without any record, and without an error.
    if (records.length === 0)
      throw unanswered ?? errors[0] ?? withCode('ENODATA', `${host} has no address`);
    return {
      addresses: records.map(({ address }) => address),
      ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1000,
      partial: unanswered !== undefined,
    };
  }

  async #askSystem(host: string): Promise<Answer> {
    const { family } = this.options;
    const wanted = family === 'any' ? 0 : family === 'ipv4' ? 4 : 6;
    const found = await this.#lookups.run(() => lookup(host, { all: true, family: wanted }));
    return {
      addresses: found.map(({ address }) => address),
      ttlMs: SYSTEM_TTL_MS,
      partial: false,
    };
  }
}

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

async function isLocal(host: string): Promise<boolean> {
  try {
    return isInHostsFile(await readFile(HOSTS_FILE, 'utf8'), host);
  } catch {
    return false; // a container may have none
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
