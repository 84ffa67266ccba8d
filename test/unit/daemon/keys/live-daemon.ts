import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { Backend } from '../../../../src/backend/backend.ts';
import { Daemon } from '../../../../src/daemon/daemon.ts';
import { ProcessOutputs } from '../../../../src/daemon/outputs.ts';
import type { Loaded } from '../../../../src/daemon/work.ts';
import type { Pool } from '../../../../src/pool/pool.ts';
import type { HttpListener } from '../../../../src/protocol/http1.ts';
import type { RunningListener } from '../../../../src/protocol/protocol.ts';
import type { TcpListener } from '../../../../src/protocol/tcp.ts';
import type { ConfigPart } from '../../../helpers/lb-config.ts';
import { startHttpBackend } from '../../../helpers/start-http-backend.ts';
import { makeTempDir } from '../../../helpers/temp-dir.ts';
import { snapshotOf } from '../../config/parse.ts';

/** A request as the backend got it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The backend's port and what it got; null for lb's own answers. */
  readonly seen: (Seen & { readonly port: number }) | null;
}

/** A daemon in this process with a listener of each kind, in front of two backends that say what they got. */
export class LiveDaemon {
  readonly daemon: Daemon;
  readonly outputs: ProcessOutputs;
  readonly folder: string;
  /** Behind pool `app`. */
  readonly app: TellingBackend;

  constructor(daemon: Daemon, outputs: ProcessOutputs, folder: string, app: TellingBackend) {
    this.daemon = daemon;
    this.outputs = outputs;
    this.folder = folder;
    this.app = app;
  }

  get web(): HttpListener {
    return this.daemon.listeners[0] as HttpListener; // unless a test makes it another
  }

  get tcp(): TcpListener {
    return this.daemon.listeners[1] as TcpListener; // likewise
  }

  /** `app`, which the HTTP listener leads to. */
  get pool(): Pool {
    return this.daemon.pools[0]!;
  }

  get backend(): Backend {
    return this.pool.backends[0]!;
  }

  get probes(): readonly Seen[] {
    return this.app.seen.filter(({ headers }) => headers['user-agent'] === 'lb-health/1');
  }

  /** What is in a file of the folder so far; '' when there is none. */
  text(name: string): string {
    try {
      return readFileSync(join(this.folder, name), 'utf8');
    } catch {
      return '';
    }
  }

  /** Opens a connection that says nothing, until the test ends. */
  hold(listener: RunningListener = this.web): void {
    const socket = connect(placeOf(listener));
    socket.on('error', () => undefined); // it may be refused
    onTestFinished(() => {
      socket.destroy();
    });
  }

  /** Sends a request by a connection of its own. */
  ask(options: RequestOptions = {}, body = ''): Promise<Reply> {
    const place = placeOf(this.web);
    return new Promise((resolve, reject) => {
      const headers = { host: 'lb.test', ...options.headers };
      const asked = request({ agent: false, ...place, ...options, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          const { statusCode: status = 0 } = response;
          const own = response.headers['x-from'] !== 'backend';
          resolve({ status, headers: response.headers, seen: own ? null : JSON.parse(text) });
        });
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }
}

/** Where things are, for the text of lb.yaml. */
export interface Places {
  readonly folder: string;
  /** Of the two backends, as HOST:PORT. */
  readonly app: string;
  readonly other: string;
}

/** @param write makes lb.yaml, as data. */
export async function startLive(
  write: (places: Places) => Promise<ConfigPart>,
): Promise<LiveDaemon> {
  const folder = makeTempDir();
  const [app, other] = await Promise.all([startTelling(), startTelling()]);
  const loaded = load(await write({ folder, app: app.address, other: other.address }));
  const outputs = new ProcessOutputs(loaded.snapshot.global);
  const daemon = await Daemon.start(loaded, { version: 'test', openFiles: Infinity, outputs });
  onTestFinished(async () => {
    await daemon.stop(AbortSignal.abort());
    // Closes the files: the streams of the process have nothing to write.
    const { log, accessLog } = snapshotOf(stringify(SMALLEST)).global;
    outputs.prepare({ log, accessLog }).commit();
  });
  return new LiveDaemon(daemon, outputs, folder, app);
}

const SMALLEST = {
  listeners: [{ bind: ':80', pool: 'app' }],
  pools: { app: { backends: ['127.0.0.1:1'] } },
};

export function load(config: ConfigPart): Loaded {
  return { snapshot: snapshotOf(stringify(config)), customAlgorithms: new Map() };
}

/** For the options of a connection by Node. */
function placeOf({ address }: RunningListener) {
  return address.kind === 'unix'
    ? { path: address.path, socketPath: address.path }
    : { host: address.host, port: address.port };
}

/** Answers with what it got. */
class TellingBackend {
  address = '';
  status = 200;
  /** How long it takes to answer. */
  delayMs = 0;
  readonly seen: Seen[] = [];
}

async function startTelling(): Promise<TellingBackend> {
  const backend = new TellingBackend();
  const { address } = await startHttpBackend((asked, response) => {
    let body = '';
    asked.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    asked.on('end', () => {
      const { method = '', url = '', headers, socket } = asked;
      const got: Seen = { method, url, headers, body };
      backend.seen.push(got);
      const answer = () => {
        response.writeHead(backend.status, { 'X-From': 'backend', Server: 'telling' });
        response.end(JSON.stringify({ ...got, port: socket.localPort }));
      };
      if (backend.delayMs === 0) answer();
      else setTimeout(answer, backend.delayMs);
    });
  });
  backend.address = address;
  return backend;
}
