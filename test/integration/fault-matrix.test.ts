import { expect, it, onTestFinished } from 'vitest';
import { type FaultBackend, startFaultBackend, type Turn } from '../helpers/fault-backend.ts';
import { expectHoldings, type Holdings, readHoldings } from '../helpers/holdings.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { connectRaw, type RawClient } from '../helpers/raw-client.ts';
import { resetSocket } from '../helpers/reset-socket.ts';
import { startBackend } from '../helpers/start-backend.ts';
import { startBlackHole } from '../helpers/start-black-hole.ts';
import { type Lb, type Line, startLb } from '../helpers/start-lb.ts';

/** For whoever stalls; what does not is many times faster, however busy the machine. */
const LIMIT = '1s';
const listener = {
  timeouts: { header: LIMIT, body_stall: LIMIT, write_stall: LIMIT, idle: LIMIT },
};
const pool = {
  timeouts: { connect: LIMIT, response_header: LIMIT, response_stall: LIMIT },
  connection_pool: { idle: '1m' },
};

/** How an exchange shows in the access log; null: it does not. */
type Entry = Pick<Line, 'status' | 'reason'> & Partial<Pick<Line, 'attempts'>>;

const WHOLE: Entry = { status: 200, reason: '' };
const REPEATED: Entry = { status: 200, reason: '', attempts: 2 };
const RESET: Entry = { status: 502, reason: 'backend_reset' };
/** The reset may be there before lb has seen that it is connected. */
const RESET_EARLY: Entry = {
  status: 502,
  reason: expect.stringMatching(/^(?:backend_reset|connect_failed)$/),
};
const CLOSED: Entry = { status: 502, reason: 'backend_closed' };
const BAD: Entry = { status: 502, reason: 'bad_response' };
const SILENT: Entry = { status: 504, reason: 'response_timeout' };
const CUT_BY_RESET: Entry = { status: 200, reason: 'backend_reset' };
const CUT_BY_CLOSE: Entry = { status: 200, reason: 'backend_closed' };
const CUT_BY_STALL: Entry = { status: 200, reason: 'response_stalled' };
const CUT_AS_BAD: Entry = { status: 200, reason: 'bad_response' };
const LEFT: Entry = { status: 499, reason: 'client_closed' };
const LEFT_DURING_BODY: Entry = { status: 200, reason: 'client_closed' };

type BackendFault = Exclude<Turn, 'finish' | 'pour'>;

interface BackendPhase {
  readonly phase: string;
  readonly at: 'accept' | 'request';
  /** An earlier exchange has left an idle connection. */
  readonly reused?: true;
  readonly said: string;
  readonly rest: string;
  /** The client sends a body and keeps its end back until the backend has taken its turn. */
  readonly uploading?: true;
  readonly outcomes: Readonly<Record<BackendFault, Entry>>;
}

/** Too long to drip in before the deadline of a response head. */
const LONG_HEAD = `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(200)}\r\nContent-Length: 8\r\n\r\n`;
const BEFORE_HEAD = {
  at: 'request',
  said: '',
  rest: `${LONG_HEAD}complete`,
  outcomes: {
    reset: RESET,
    close: CLOSED,
    'half-close': CLOSED,
    stall: SILENT,
    'slow-drip': SILENT,
    garbage: BAD,
  },
} as const;
const COUNTED = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n';
const IN_COUNTED_BODY = {
  reset: CUT_BY_RESET,
  close: CUT_BY_CLOSE,
  'half-close': CUT_BY_CLOSE,
  stall: CUT_BY_STALL,
  'slow-drip': WHOLE,
  garbage: WHOLE, // any eight bytes are the body; what comes behind them closes the connection
} as const;

const backendPhases: readonly BackendPhase[] = [
  {
    ...BEFORE_HEAD,
    phase: 'on accepting',
    at: 'accept',
    outcomes: { ...BEFORE_HEAD.outcomes, reset: RESET_EARLY },
  },
  { ...BEFORE_HEAD, phase: 'while it reads the request', uploading: true },
  { ...BEFORE_HEAD, phase: 'before its head' },
  {
    ...BEFORE_HEAD,
    phase: 'before its head on a connection used before',
    reused: true,
    outcomes: {
      ...BEFORE_HEAD.outcomes,
      // It may have closed before the request came: what is safe to repeat is repeated.
      reset: REPEATED,
      close: REPEATED,
      'half-close': REPEATED,
    },
  },
  {
    ...BEFORE_HEAD,
    phase: 'in its head',
    said: LONG_HEAD.slice(0, 30),
    rest: `${LONG_HEAD.slice(30)}complete`,
  },
  {
    phase: 'between head and body',
    at: 'request',
    said: COUNTED,
    rest: 'complete',
    outcomes: IN_COUNTED_BODY,
  },
  {
    phase: 'in a body of known length',
    at: 'request',
    said: `${COUNTED}com`,
    rest: 'plete',
    outcomes: IN_COUNTED_BODY,
  },
  {
    phase: 'in a chunked body',
    at: 'request',
    said: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ncom\r\n',
    rest: '5\r\nplete\r\n0\r\n\r\n',
    outcomes: { ...IN_COUNTED_BODY, garbage: CUT_AS_BAD },
  },
  {
    phase: 'in a body that ends with the connection',
    at: 'request',
    said: 'HTTP/1.1 200 OK\r\n\r\ncom',
    rest: 'plete',
    outcomes: {
      ...IN_COUNTED_BODY,
      close: WHOLE,
      'half-close': WHOLE,
      'slow-drip': CUT_BY_STALL, // says all, but never that it is all
    },
  },
  {
    phase: 'after its response',
    at: 'request',
    said: `${COUNTED}complete`,
    rest: COUNTED,
    outcomes: {
      reset: WHOLE,
      close: WHOLE,
      'half-close': WHOLE,
      stall: WHOLE,
      'slow-drip': WHOLE,
      garbage: WHOLE,
    },
  },
];

it.each(backendPhases)('survives every fault of a backend $phase', async (phase) => {
  const bench = await startBench();
  for (const fault of Object.keys(phase.outcomes) as BackendFault[]) {
    const path = `/${fault}`;
    if (phase.reused) await expectPlainAnswer(bench.lb, '/before');
    bench.backend.plan = { ...phase, turn: fault };
    const client = await connectRaw(bench.lb.address('web'));
    client.send(phase.uploading ? postOf(path) : getOf(path));
    const { status, reason } = phase.outcomes[fault];
    await waitForHeadOf(client, phase);
    await bench.backend.takeTurn();
    if (phase.uploading && (fault === 'stall' || fault === 'slow-drip')) client.send('y');
    await expectAnswer(client, status!, reason!, `${fault} ${phase.phase}`);
    client.socket.destroy();
    await expectHoldings(bench.lb, bench.before, `${fault} ${phase.phase}`);
    await expectWellAgain(bench, `/after${path}`);
  }
  await expectLogged(bench.lb, phase.outcomes);
});

it('survives a backend that refuses connections', async () => {
  const { address } = await startBackend({ kind: 'refuse' });
  await expectUnreachable(address, 502, 'connect_refused');
});

it('survives a backend that never accepts a connection', async () => {
  await expectUnreachable(await startBlackHole(), 504, 'connect_timeout');
});

type ClientFault = 'reset' | 'close' | 'half-close' | 'stall';

interface ClientPhase {
  readonly phase: string;
  /** What the client sends before its fault. */
  readonly sent: (path: string) => string;
  /** What the backend does once the client's fault has been committed; null: nothing reaches it. */
  readonly backend: { readonly said: string; readonly rest: string } | null;
  readonly outcomes: Readonly<Record<ClientFault, { entry: Entry | null; turn?: Turn }>>;
}

const FOREVER = 'HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n';

const clientPhases: readonly ClientPhase[] = [
  {
    phase: 'before its head',
    sent: () => '',
    backend: null,
    outcomes: {
      reset: { entry: null },
      close: { entry: null },
      'half-close': { entry: null },
      stall: { entry: null },
    },
  },
  {
    phase: 'in its head',
    sent: (path) => getOf(path).slice(0, -4),
    backend: null,
    outcomes: {
      reset: { entry: LEFT },
      close: { entry: LEFT },
      'half-close': { entry: LEFT },
      stall: { entry: { status: 408, reason: 'header_timeout' } },
    },
  },
  {
    phase: 'in its request body',
    sent: postOf,
    backend: { said: '', rest: '' },
    outcomes: {
      reset: { entry: LEFT, turn: 'stall' },
      close: { entry: LEFT, turn: 'stall' },
      'half-close': { entry: LEFT, turn: 'stall' },
      stall: { entry: { status: 408, reason: 'body_timeout' }, turn: 'stall' },
    },
  },
  {
    phase: 'while it waits',
    sent: getOf,
    backend: { said: '', rest: `${COUNTED}complete` },
    outcomes: {
      reset: { entry: LEFT, turn: 'stall' },
      // A close looks like a half-close until something is written.
      close: { entry: WHOLE, turn: 'finish' },
      'half-close': { entry: WHOLE, turn: 'finish' },
      stall: { entry: WHOLE, turn: 'finish' },
    },
  },
  {
    phase: 'while it receives a body',
    sent: getOf,
    backend: { said: `${FOREVER}com`, rest: '' },
    outcomes: {
      reset: { entry: LEFT_DURING_BODY, turn: 'pour' },
      close: { entry: LEFT_DURING_BODY, turn: 'pour' },
      'half-close': { entry: CUT_BY_CLOSE, turn: 'close' }, // it goes on being served: only the backend ends it
      stall: { entry: { status: 200, reason: 'client_stalled' }, turn: 'pour' },
    },
  },
  {
    phase: 'after its response',
    sent: getOf,
    backend: { said: `${COUNTED}complete`, rest: '' },
    outcomes: {
      reset: { entry: WHOLE, turn: 'stall' },
      close: { entry: WHOLE, turn: 'stall' },
      'half-close': { entry: WHOLE, turn: 'stall' },
      stall: { entry: WHOLE, turn: 'stall' },
    },
  },
];

it.each(clientPhases)('survives every fault of a client $phase', async (phase) => {
  const bench = await startBench();
  const { backend, lb, before } = bench;
  for (const [fault, { turn }] of Object.entries(phase.outcomes)) {
    if (turn !== undefined)
      backend.plan = { at: 'request', turn, said: '', rest: '', ...phase.backend };
    const client = await connectRaw(lb.address('web'));
    client.send(phase.sent(`/${fault}`));
    if (phase.backend !== null) await waitForHeadOf(client, phase.backend);
    commit(client, fault as ClientFault); // the record has no other keys
    if (turn === 'pour') client.socket.pause();
    if (turn !== undefined) await backend.takeTurn();
    await expectHoldings(lb, before, `${fault} ${phase.phase}`);
    client.socket.destroy();
    await expectWellAgain(bench, `/after/${fault}`);
  }
  const entries = Object.entries(phase.outcomes).map(([fault, { entry }]) => [fault, entry]);
  await expectLogged(lb, Object.fromEntries(entries));
});

interface Bench {
  readonly backend: FaultBackend;
  readonly lb: Lb;
  /** What lb holds when it serves nobody; how many connections it keeps for later is another matter. */
  readonly before: Omit<Holdings, 'idleBackendConnections'>;
}

async function startBench(): Promise<Bench> {
  const backend = await startFaultBackend();
  const lb = await startLb(webConfig([backend.address], { listener, pool }));
  const { idleBackendConnections: _none, ...before } = await readHoldings(lb);
  return { backend, lb, before };
}

function getOf(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: lb.test\r\n\r\n`;
}

/** One byte of its body is missing. */
function postOf(path: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: lb.test\r\nContent-Length: 2\r\n\r\nx`;
}

/** A response whose head is whole has come through before anything goes wrong. */
async function waitForHeadOf(client: RawClient, { said }: { said: string }): Promise<void> {
  const [head, body] = said.split('\r\n\r\n');
  if (head !== said && body !== undefined) await client.until(/\r\n\r\n/);
}

function commit({ socket }: RawClient, fault: ClientFault): void {
  if (fault === 'reset') resetSocket(socket);
  else if (fault === 'close') socket.destroy();
  else if (fault === 'half-close') socket.end();
  else socket.once('end', () => socket.destroy()); // it stops sending, and closes only when lb does
}

async function expectAnswer(
  client: RawClient,
  status: number,
  reason: string,
  story: string,
): Promise<void> {
  const answer = await client.response().catch((error: Error) => error.message);
  if (status === 200 && reason !== '') {
    expect(answer, story).toMatch(/^Closed \(end\) before a response/);
    expect(client.received, story).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  } else {
    expect(answer, story).toMatchObject({ status });
    const { headers, body } = answer as Exclude<typeof answer, string>; // it matches an object
    expect(headers.get('x-lb-reason') ?? '', story).toEqual(reason);
    if (status !== 200) expect(JSON.parse(body), story).toMatchObject({ status, reason });
  }
}

/** A plain request succeeds, and no connection is open but the one that it leaves idle; which is closed for the next fault. */
async function expectWellAgain({ backend, lb }: Bench, path: string): Promise<void> {
  await expectPlainAnswer(lb, path);
  await expectHoldings(lb, { idleBackendConnections: 1 }, path);
  expect(backend.openConnections, path).toBe(1);
  backend.closeConnections();
  await expectHoldings(lb, { idleBackendConnections: 0 }, path);
}

async function expectPlainAnswer(lb: Lb, path: string): Promise<void> {
  const client = await connectRaw(lb.address('web'));
  client.send(getOf(path));
  expect(await client.response(), path).toMatchObject({ status: 200, body: 'plain' });
  client.socket.destroy();
}

/** Stops lb, which completes its log: one line per fault, and nothing but success besides. */
async function expectLogged(
  lb: Lb,
  outcomes: Readonly<Record<string, Entry | null>>,
): Promise<void> {
  expect(await lb.stop()).toBe(0);
  const exchanges = lb.lines.filter((line) => line.msg === undefined);
  const plain = exchanges.filter((line) => /^\/(?:before|after)/.test(line.path ?? ''));
  for (const line of plain) expect(line).toMatchObject({ status: 200, reason: '', attempts: 1 });
  const logged = exchanges.filter((line) => !plain.includes(line));
  const wanted = Object.values(outcomes).filter((entry) => entry !== null);
  expect(logged).toMatchObject(wanted);
}

async function expectUnreachable(address: string, status: number, reason: string): Promise<void> {
  const lb = await startLb(webConfig([address], { listener, pool }));
  const before = await readHoldings(lb);
  const client = await connectRaw(lb.address('web'));
  onTestFinished(() => client.end());
  client.send(getOf('/unreachable'));
  await expectAnswer(client, status, reason, reason);
  client.socket.destroy();
  await expectHoldings(lb, before, reason);
  await expectLogged(lb, { unreachable: { status, reason, attempts: 1 } });
}
