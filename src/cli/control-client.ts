import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { hostname, userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { LbError } from '../foundation/lb-error.ts';
import { type ControlPlace, findControl } from './find-control.ts';
import type { Io } from './io.ts';

/** Longer than the API lets anybody wait. */
const PATIENCE_MS = 90_000;

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

export interface Answered {
  readonly status: number;
  /** As the endpoint describes it; with `message`, where it is a problem. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks a running lb over its control socket. */
export class ControlClient {
  readonly #path: string;
  readonly #who: string;

  constructor(path: string, who: string) {
    this.#path = path;
    this.#who = who;
  }

  /** @throws LbError NO_ANSWER */
  static async find(place: ControlPlace, io: Io): Promise<ControlClient> {
    return new ControlClient(await findControl(place, io), whoAsks(io));
  }

  /** @throws LbError NO_ANSWER */
  async ask({ method, path, body }: Asked): Promise<Answered> {
    try {
      const asked = request({
        socketPath: this.#path,
        method,
        path,
        agent: false,
        timeout: PATIENCE_MS,
        headers: { 'X-LB-User': this.#who },
      });
      asked.on('timeout', () => asked.destroy(new Error('it does not answer')));
      asked.end(body === undefined ? undefined : JSON.stringify(body));
      const [response] = (await once(asked, 'response')) as [IncomingMessage]; // the event's one argument
      return { status: response.statusCode ?? 0, body: JSON.parse(await text(response)) };
    } catch (cause) {
      const message = `Cannot reach lb at ${this.#path}: ${reasonOf(cause)}`;
      // biome-ignore lint/style/useErrorCause: the cause is the third argument of LbError
      throw new LbError('NO_ANSWER', message, { cause });
    }
  }

  /**
   * Asks for what shall be done.
   *
   * @throws LbError NO_ANSWER; USAGE for what cannot be understood or is not there; CONFLICT for the rest that lb refuses.
   */
  async demand(asked: Asked): Promise<Answered['body']> {
    const { status, body } = await this.ask(asked);
    if (status < 300) return body;
    const isUsage = status === 400 || status === 404;
    throw new LbError(isUsage ? 'USAGE' : 'CONFLICT', String(body['message']));
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return 'there is no such socket; is lb running? --control PATH or -c FILE says where it is';
    case 'ECONNREFUSED':
      return 'nobody listens there; lb was killed and left it behind: start lb';
    case 'EACCES':
      return 'permission denied; it is for the user that lb runs as, and root';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** As the log names whoever gives an order: `ann@host`; ASCII, because it is sent as a field. */
function whoAsks({ env }: Io): string {
  const user = env['SUDO_USER'] ?? env['USER'] ?? env['LOGNAME'] ?? nameOfProcess();
  return `${user}@${hostname()}`.replace(/[^!-~]/g, '?');
}

function nameOfProcess(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a user without an entry in /etc/passwd, as in a container
  }
}

/** The path of what is about one backend. @param name `POOL/BACKEND`. @throws LbError USAGE */
export function backendPath(name: string): string {
  const slash = name.indexOf('/');
  if (slash < 1 || slash === name.length - 1) {
    const message = `Cannot read ${JSON.stringify(name)}: needs POOL/BACKEND, as lb status shows them`;
    throw new LbError('USAGE', message);
  }
  const [pool, backend] = [name.slice(0, slash), name.slice(slash + 1)];
  return `${poolPath(pool)}/backends/${encodeURIComponent(backend)}`;
}

export function poolPath(pool: string): string {
  return `/api/v1/pools/${encodeURIComponent(pool)}`;
}
