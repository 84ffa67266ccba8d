import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../helpers/free-port.ts';

const root = resolve(import.meta.dirname, '../..');
const startTimeoutMs = 15_000;

export interface Program {
  readonly pid: number;
  /** On 127.0.0.1. */
  readonly port: number;
}

/** Programs under measurement and the folder they write to. `stop` ends and removes everything. */
export class Programs {
  readonly #directory = mkdtempSync(join(tmpdir(), 'lb-guard-'));
  readonly #children: ChildProcess[] = [];

  /** lb as it is used: access log, metrics and forwarded fields on. @param nodeFlags for the process it runs in. */
  async startLb(originPort: number, nodeFlags: readonly string[] = []): Promise<Program> {
    const port = await findFreePort();
    const config = {
      global: { admin: { bind: '127.0.0.1:0' }, access_log: { enabled: true, output: 'stdout' } },
      listeners: [{ bind: `127.0.0.1:${port}`, pool: 'web' }],
      pools: { web: { backends: [`127.0.0.1:${originPort}`] } },
    };
    const file = join(this.#directory, 'lb.yaml');
    writeFileSync(file, JSON.stringify(config));
    const main = join(root, 'src/main.ts');
    return this.#start([process.execPath, ...nodeFlags, main, 'start', '-c', file], port);
  }

  /** The byte relay that the load benchmark has for its floor; needs `cc`. */
  async startRelay(originPort: number): Promise<Program> {
    const program = join(this.#directory, 'relay');
    execFileSync('cc', ['-O2', '-o', program, join(root, 'bench/load/peers/relay.c')]);
    const port = await findFreePort();
    return this.#start([program, String(port), String(originPort)], port);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#directory, { recursive: true });
  }

  async #start([command = '', ...args]: readonly string[], port: number): Promise<Program> {
    const errors = join(this.#directory, `stderr-${port}.log`);
    const stdout = openSync(join(this.#directory, `stdout-${port}.log`), 'w');
    const child = spawn(command, args, { stdio: ['ignore', stdout, openSync(errors, 'w')] });
    this.#children.push(child);
    await once(child, 'spawn');
    const deadline = performance.now() + startTimeoutMs;
    while (!(await accepts(port))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`Cannot start ${command}: ${readFileSync(errors, 'utf8')}`);
      }
      await delay(20);
    }
    return { pid: child.pid!, port }; // set, because 'spawn' was emitted
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => settle(false));
    socket.once('connect', () => {
      socket.destroy();
      settle(true);
    });
  });
}
