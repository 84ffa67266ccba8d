import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { processTree } from './cpu-time.ts';

/** The peers' core. */
export const proxyCpu = 0;
/** The core of everything else: backends, load generator, this program. */
export const loadCpu = 1;

const readyTimeoutMs = 30_000;
/** How exactly the moment is known from which a server listens. */
const readyPollMs = 2;
const stopTimeoutMs = 3_000;

export interface ProcessOptions {
  /** For messages. */
  readonly name: string;
  readonly command: readonly string[];
  readonly cpu: number;
  /** Ready when this port on 127.0.0.1 accepts a connection. */
  readonly port: number;
  readonly stdoutFile: string;
  readonly stderrFile: string;
}

export interface StartedProcess {
  readonly pid: number;
  /** When it was asked for, in milliseconds of `performance.now()`. */
  readonly startedMs: number;
  /** SIGTERM, then SIGKILL to what is left of its process tree after 3 s. */
  stop(): Promise<void>;
}

/** Every server that a run starts; `stopAll` ends them, whatever happened before. */
export class ProcessGroup {
  readonly children: ChildProcess[];

  constructor() {
    this.children = [];
  }

  /** Starts a server pinned to one CPU and waits until it listens. Rejects with the end of its stderr. */
  async start(options: ProcessOptions, signal: AbortSignal): Promise<StartedProcess> {
    const stdout = await open(options.stdoutFile, 'a');
    const stderr = await open(options.stderrFile, 'a');
    const startedMs = performance.now();
    // taskset becomes the command by exec, so the pid is the command's.
    const child = spawn('taskset', ['-c', String(options.cpu), ...options.command], {
      stdio: ['ignore', stdout.fd, stderr.fd],
    });
    this.children.push(child);
    try {
      await once(child, 'spawn');
    } finally {
      await stdout.close();
      await stderr.close();
    }
    if (!(await listens(child, options.port, signal))) {
      const end = child.exitCode === null ? 'does not listen' : `exited with ${child.exitCode}`;
      const said = (await readFile(options.stderrFile, 'utf8')).trim().slice(-1000);
      throw new Error(`Cannot start ${options.name}: it ${end} and said: ${said || 'nothing'}`);
    }
    // The pid is set, because 'spawn' was emitted.
    return { pid: child.pid!, startedMs, stop: () => stop(child) };
  }

  /** Ends each as its own `stop` would. */
  async stopAll(): Promise<void> {
    await Promise.all(this.children.splice(0).map(stop));
  }
}

/** False when the process ends, or does not listen in time. */
async function listens(child: ChildProcess, port: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + readyTimeoutMs;
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    if (await accepts(port)) return true;
    await delay(readyPollMs, undefined, { signal });
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const inTime = await Promise.race([exited.then(() => true), delay(stopTimeoutMs, false)]);
  if (inTime) return;
  for (const pid of await processTree(child.pid)) process.kill(pid, 'SIGKILL');
  await exited;
}

/** A port on 127.0.0.1 that nobody listens on. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
  return address.port;
}
