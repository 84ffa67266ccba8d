import { pathOf } from './peers.ts';
import { startProcess } from './start-process.ts';

export interface WrkOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Every request comes by a connection of its own. */
  readonly closes?: boolean;
}

/** What wrk has seen. */
export interface WrkResult {
  readonly requests: number;
  /** Connections refused, cut, or silent for longer than a busy machine explains; '' for none. */
  readonly socketErrors: string;
  /** Responses of another kind than success. */
  readonly failures: number;
}

/** A running wrk. */
export interface Wrk {
  readonly running: boolean;
  readonly result: Promise<WrkResult>;
}

/** Starts wrk, which asks `address` for / as fast as it can. */
export function startWrk(address: string, { connections, seconds, closes }: WrkOptions): Wrk {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '15s'];
  if (closes === true) args.push('-H', 'Connection: close');
  const started = startProcess(pathOf('wrk'), [...args, `http://${address}/`]);
  const result = started.exited.then((exit): WrkResult => {
    const { stdout, stderr } = started;
    const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
    if (exit.code !== 0 || Number.isNaN(requests)) throw new Error(`wrk: ${stdout}${stderr}`);
    const socketErrors = /Socket errors: (.*)/.exec(stdout)?.[1] ?? '';
    const failures = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
    return { requests, socketErrors, failures };
  });
  return {
    get running() {
      return started.exit === null;
    },
    result,
  };
}
