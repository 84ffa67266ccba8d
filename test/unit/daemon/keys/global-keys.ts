import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { get, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RememberedExchange } from '../../../../src/api/exchanges.ts';
import { startDns } from '../../../helpers/start-dns.ts';
import { startUdpReceiver, type UdpReceiver } from '../../../helpers/start-udp-receiver.ts';
import { inFolder, type KeyChange, socket } from './key-change.ts';
import type { LiveDaemon } from './live-daemon.ts';

/** The status of a second client's request. */
const beside = async (live: LiveDaemon) => {
  live.hold();
  return (await live.ask()).status;
};

const TOKEN = 'a-token-of-enough-length';

/** What the API answers to a bearer of the token. */
const statusWith = async ({ daemon }: LiveDaemon, token: string) => {
  const port = daemon.adminAddress?.split(':').at(-1);
  const headers = { authorization: `Bearer ${token}`, connection: 'close' };
  return (await fetch(`http://127.0.0.1:${port}/api/v1/status`, { headers })).status;
};

/** Of the access log, so far: it is written some time after the request. */
const lastLine = async (live: LiveDaemon) => {
  await live.ask({ path: '/?q=1' });
  const line = live.text('access.log').trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? null : JSON.parse(line);
};

/** What the API says that lb remembers. */
const remembered = async ({ folder }: LiveDaemon): Promise<readonly RememberedExchange[]> => {
  const asked = request({
    agent: false,
    socketPath: `${folder}/admin.sock`,
    path: '/api/v1/exchanges',
  });
  asked.end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  return JSON.parse(await text(response!)).exchanges; // the event's one argument
};

const resolved = ({ backend }: LiveDaemon) =>
  backend.target.kind === 'tcp' ? backend.target.host : '';

/** A server that knows lb.test, to be named in the configuration. */
const startNames = async () => {
  const record = (address: string) => ({ addresses: [address], ttlSeconds: 60 });
  const { address } = await startDns({
    'lb.test A': record('127.0.0.9'),
    'lb.test AAAA': record('::9'),
  });
  return [address];
};
const startIgnorance = async () => [(await startDns()).address];
const NAMED = { 'pools.NAME.backends[].address': 'lb.test:80' };

/** A key of `global.metrics.statsd`, seen by what somebody is sent. */
function statsdKey(
  key: string,
  change: Pick<KeyChange, 'from' | 'to'>,
  isSeen: (receiver: UdpReceiver) => boolean,
): KeyChange {
  let receiver: UdpReceiver | null = null;
  const address = async () => {
    receiver ??= await startUdpReceiver();
    return receiver.address;
  };
  const statsd = 'global.metrics.statsd';
  return {
    key: `${statsd}.${key}`,
    with: { [`${statsd}.address`]: address, [`${statsd}.interval`]: '1s' },
    ...change,
    see: () => receiver !== null && isSeen(receiver),
    is: true,
  };
}

const metricsOf = ({ folder }: LiveDaemon) =>
  new Promise<string>((resolve, reject) => {
    const options = { socketPath: join(folder, 'admin.sock'), path: '/metrics', agent: false };
    const asked = get(options, (response) => resolve(text(response)));
    asked.on('error', reject);
  });

export const globalKeys: readonly KeyChange[] = [
  {
    key: 'global.log.level',
    from: 'info',
    to: 'error',
    see: (live) => {
      live.outputs.log.warn({}, 'of no matter');
      live.outputs.log.error({}, 'of matter');
      // What was written between the last two errors.
      return live.text('lb.log').split('"of matter"').at(-2)?.includes('of no matter');
    },
    is: false,
  },
  {
    key: 'global.log.output',
    to: inFolder('other.log'),
    see: (live) => {
      live.outputs.log.info({}, 'hello');
      return live.text('other.log').includes('hello');
    },
    is: true,
  },
  {
    key: 'global.access_log.enabled',
    from: false,
    to: true,
    see: async (live) => {
      await live.ask();
      return live.text('access.log').includes('"status":200');
    },
    is: true,
  },
  {
    key: 'global.access_log.output',
    to: inFolder('other.log'),
    see: async (live) => {
      await live.ask();
      return live.text('other.log').includes('"status":200');
    },
    is: true,
  },
  { key: 'global.access_log.fields', to: ['status'], see: lastLine, is: { status: 200 } },
  {
    key: 'global.access_log.query',
    to: 'redact',
    with: { 'global.access_log.fields': ['query'] },
    see: lastLine,
    is: { query: 'q=***' },
  },
  {
    key: 'global.access_log.client_ip',
    to: 'anonymous',
    with: { 'global.access_log.fields': ['client_ip'], 'listeners[].bind': '127.0.0.1:0' },
    see: lastLine,
    is: { client_ip: '127.0.0.0' },
  },
  {
    key: 'global.access_log.sample',
    from: '0%',
    to: '100%',
    with: { 'global.access_log.slow': '0s', 'global.access_log.fields': ['status'] },
    see: lastLine,
    is: { status: 200 },
  },
  {
    key: 'global.access_log.slow',
    from: '0s',
    to: '1ms',
    with: { 'global.access_log.sample': '0%', 'global.access_log.fields': ['status'] },
    see: lastLine,
    is: { status: 200 },
  },
  {
    key: 'global.admin.bind',
    to: socket('other.sock'),
    see: ({ daemon, folder }) => daemon.adminAddress?.slice(`unix:${folder}/`.length),
    is: 'other.sock',
  },
  {
    key: 'global.admin.token',
    from: TOKEN,
    to: `another-${TOKEN}`,
    see: (live) => Promise.all([TOKEN, `another-${TOKEN}`].map((token) => statusWith(live, token))),
    with: { 'global.admin.bind': '0.0.0.0:0' },
    is: [401, 200],
  },
  {
    key: 'global.control',
    from: 'off',
    to: inFolder('lb.sock'),
    see: ({ folder }) => existsSync(join(folder, 'lb.sock')),
    is: true,
  },
  {
    key: 'global.metrics.prefix',
    to: 'lb_',
    see: async (live) => (await metricsOf(live)).includes('\nlb_build_info{'),
    is: true,
  },
  {
    key: 'global.metrics.statsd.address',
    to: '127.0.0.1:9',
    see: async (live) => (await metricsOf(live)).includes('{exporter="statsd"}'),
    is: true,
  },
  // The last push of the one before, at the reload, is no push in time.
  statsdKey('interval', { from: '1h', to: '1s' }, ({ lines }) => {
    return lines.filter((line) => line.startsWith('lb.config_generation')).length > 1;
  }),
  statsdKey('prefix', { to: 'other' }, ({ lines }) => {
    return lines.some((line) => line.startsWith('other.config_generation:2'));
  }),
  { key: 'global.limits.max_connections', to: 1, see: beside, is: 503 },
  { key: 'global.limits.max_connections_per_ip', to: 1, see: beside, is: 429 },
  {
    key: 'global.why.entries',
    from: 0,
    to: 2,
    see: async (live) => {
      await live.ask({ headers: { expect: 'tea' } });
      return (await remembered(live)).map(({ reason }) => reason);
    },
    is: ['expectation_failed'],
  },
  {
    key: 'global.why.slow',
    to: '1ms',
    see: async (live) => {
      live.app.delayMs = 5;
      await live.ask();
      return (await remembered(live)).map(({ kind }) => kind).at(0);
    },
    is: 'slow',
  },
  {
    key: 'global.state_file',
    to: inFolder('state.json'),
    see: ({ folder }) => existsSync(join(folder, 'state.json')),
    is: true,
  },
  // These are read from the snapshot at the moment that they are about.
  {
    key: 'global.drain_timeout',
    to: '7s',
    see: ({ daemon }) => daemon.snapshot.global.drainTimeoutMs,
    is: 7000,
  },
  {
    key: 'global.shutdown.delay',
    to: '7s',
    see: ({ daemon }) => daemon.snapshot.global.shutdown.delayMs,
    is: 7000,
  },
  {
    key: 'global.shutdown.timeout',
    to: '7s',
    see: ({ daemon }) => daemon.snapshot.global.shutdown.timeoutMs,
    is: 7000,
  },
  {
    key: 'global.trusted_proxies',
    to: ['10.0.0.0/8'],
    see: ({ web }) => web.forwarded.trusted.includes('10.1.2.3'),
    is: true,
  },
  {
    key: 'global.dns.servers',
    from: startIgnorance,
    to: startNames,
    with: { ...NAMED, 'global.dns.family': 'ipv4' },
    see: resolved,
    is: '127.0.0.9',
  },
  {
    key: 'global.dns.family',
    from: 'ipv4',
    to: 'ipv6',
    with: { ...NAMED, 'global.dns.servers': startNames },
    see: resolved,
    is: '::9',
  },
];
