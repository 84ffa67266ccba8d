import { expect, onTestFinished } from 'vitest';
import { BackendChild } from '../../helpers/backend-child.ts';
import { type ConfigPart, webConfig } from '../../helpers/lb-config.ts';
import { readMetrics } from '../../helpers/metrics.ts';
import { QUIET_HOST } from '../../helpers/quiet-host.ts';
import { type Lb, type Line, startLb } from '../../helpers/start-lb.ts';
import { type Load, startLoad } from '../../helpers/start-load.ts';

/** What lb learns from; each alone, so that neither makes up for the other. */
export type Way = 'traffic' | 'probes';

const INTERVAL_MS = 500;
const TIMEOUT_MS = 400;
const THRESHOLD = 2;
/** lb's deadlines pass at most this much late. */
const TICK_MS = 100;

/** Between a fault and the line that says lb gives the backend no more traffic. Intervals vary by a tenth. */
export const noticedWithinMs: Readonly<Record<Way, number>> = {
  traffic: 1000,
  probes: THRESHOLD * (1.1 * INTERVAL_MS + TICK_MS) + TIMEOUT_MS + TICK_MS,
};

/** Attempts that a backend may still be given while a hundred GETs are answered: trials of an ejected one. */
export const attemptsAllowed: Readonly<Record<Way, number>> = { traffic: 20, probes: 0 };

const timeouts = { connect: '150ms', response_header: '400ms' };

const pools: Readonly<Record<Way, ConfigPart>> = {
  traffic: {
    health_check: 'off',
    passive_health: { ejection: '200ms', max_ejection: '400ms', count_slower_than: '100ms' },
    timeouts,
  },
  probes: {
    health_check: {
      type: 'http',
      expected_body_regex: '^(backend-\\d|near|far)$', // the whole of it
      interval: `${INTERVAL_MS}ms`,
      timeout: `${TIMEOUT_MS}ms`,
      unhealthy_threshold: THRESHOLD,
      healthy_threshold: 1,
    },
    passive_health: 'off',
    timeouts,
    // Until the probes have noticed, every other request meets the fault: far more than the budget is meant for.
    retries: { budget: '100%' },
  },
};

export async function startBackendChild(
  name: string,
  place: { readonly address: string; readonly tcpAddress?: string } = {
    address: `${QUIET_HOST}:0`,
  },
): Promise<BackendChild> {
  const backend = await BackendChild.start({ name, ...place });
  onTestFinished(() => backend.kill());
  return backend;
}

/** lb before backends that are processes, and clients that ask it without a pause. */
export class Fleet {
  readonly lb: Lb;
  readonly load: Load;
  readonly addresses: readonly string[];

  /** Resolves when every backend has answered a client. */
  static async start(backends: readonly BackendChild[], way: Way): Promise<Fleet> {
    const addresses = backends.map(({ address }) => address);
    const lb = await startLb(webConfig(addresses, { pool: pools[way] }));
    const fleet = new Fleet(lb, startLoad(lb.address('web')), addresses);
    for (const { name } of backends) await fleet.load.answerOf(name);
    return fleet;
  }

  constructor(lb: Lb, load: Load, addresses: readonly string[]) {
    this.lb = lb;
    this.load = load;
    this.addresses = addresses;
  }

  /** Waits for the line that says that a backend has lost its traffic, and gives when that was. */
  async untilNoticed(address: string, sinceMs: number): Promise<number> {
    const noticed = () => this.#changes(address).find((line) => isLoss(line, sinceMs));
    await expect.poll(noticed, { interval: 5, message: address }).toBeDefined();
    return Date.parse(noticed()!.time); // there by now
  }

  /** Waits until the log's last word about a backend is that it is well. */
  async untilUp(address: string): Promise<void> {
    const poll = { interval: 5, message: address };
    await expect.poll(() => this.#stateInLog(address), poll).toBe('up');
  }

  /** Waits until state in the log and state in the metrics are the same, for every backend. */
  async expectAgreement(): Promise<void> {
    const disagreeing = async () => {
      const { sum } = await readMetrics(this.lb);
      return this.addresses.filter((backend) => {
        const state = this.#stateInLog(backend);
        const takesTraffic = state === 'up' || state === 'half_open';
        return (
          sum('backend_state', { backend }) !== 1 ||
          sum('backend_state', { backend, state }) !== 1 ||
          sum('backend_health', { backend }) !== Number(takesTraffic)
        );
      });
    };
    await expect.poll(disagreeing, { interval: 5 }).toEqual([]);
  }

  /** How often a backend has been tried so far. */
  async attemptsOn(backend: string): Promise<number> {
    const { sum } = await readMetrics(this.lb);
    return sum('backend_requests_total', { backend });
  }

  /** Ends the load; then clients, access log and metrics must have counted the same. */
  async expectCountsAddUp(): Promise<void> {
    const { lb, load } = this;
    await load.stop();
    const asked = load.answers.length + load.lost.length;
    const lines = await lb.someLines({ protocol: 'HTTP/1.1' }, asked);
    expect(lines.length, 'access lines').toBe(asked);
    const metrics = await readMetrics(lb);
    expect(metrics.sum('requests_total'), 'requests_total').toBe(asked);
    expect(lines.filter(hasFailed).length, 'failed lines').toBe(load.lost.length);
    expect(metrics.sum('request_failures_total'), 'failures').toBe(load.lost.length);
    const attempts = lines.reduce((sum, line) => sum + (line.attempts ?? 0), 0);
    expect(metrics.sum('backend_requests_total'), 'attempts').toBe(attempts);
    expect(metrics.sum('backend_active'), 'in flight').toBe(0);
  }

  #stateInLog(address: string): string {
    return this.#changes(address).at(-1)?.to ?? 'up';
  }

  #changes(address: string): readonly Line[] {
    return this.lb.lines.filter(
      ({ msg, backend }) => msg === 'backend state' && backend === address,
    );
  }
}

function isLoss({ to, time }: Line, sinceMs: number): boolean {
  return (to === 'down' || to === 'ejected') && Date.parse(time) >= sinceMs;
}

function hasFailed({ reason }: Line): boolean {
  return reason !== '';
}
