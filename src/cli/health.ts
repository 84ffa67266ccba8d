import { connect } from 'node:net';
import { loadConfig } from '../config/load.ts';
import { type Address, formatAddress } from '../foundation/address.ts';
import type { Io } from './io.ts';
import { printProblems } from './print-problems.ts';

/** Sooner than any orchestrator gives up. */
const TIMEOUT_MS = 5000;

/** More than a status line of lb has; whatever else listens there may say what it likes. */
const MAX_LINE_CHARACTERS = 256;

export interface HealthOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** What is asked for: `/healthz` or `/readyz`. */
  readonly path: string;
}

/** `lb health`: asks a running lb. @returns exit code 0 for yes, 1 for no or no answer, 2 for a bad file. */
export async function runHealth({ config, path }: HealthOptions, io: Io): Promise<number> {
  const result = await loadConfig(config, io.env);
  if (!result.ok) return printProblems(config, result.problems, io);
  const { admin } = result.snapshot.global;
  if (admin === null) {
    io.stderr(`lb: Cannot ask: admin is off in ${config}; needs global.admin\n`);
    return 1;
  }
  const place = formatAddress(admin.bind);
  try {
    const line = await ask(admin.bind, path);
    const isYes = line.startsWith('HTTP/1.1 200 ');
    const text = `${place}${path}: ${line.replace(/^HTTP\/1.1 /, '')}\n`;
    if (isYes) io.stdout(text);
    else io.stderr(`lb: ${text}`);
    return isYes ? 0 : 1;
  } catch (error) {
    io.stderr(`lb: Cannot ask ${place}: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

/** @returns the status line of the answer. @throws Error when there is none in time. */
function ask(address: Address, path: string): Promise<string> {
  const socket = connect(
    address.kind === 'unix'
      ? { path: address.path }
      : { host: local(address.host), port: address.port },
  );
  return new Promise<string>((resolve, reject) => {
    let answer = '';
    const late = new Error(`no answer within ${TIMEOUT_MS} ms`);
    const timer = setTimeout(() => socket.destroy(late), TIMEOUT_MS);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.includes('\r\n')) socket.destroy();
      else if (answer.length > MAX_LINE_CHARACTERS) socket.destroy(new Error('that is not lb'));
    });
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      if (answer.includes('\r\n')) resolve(answer.slice(0, answer.indexOf('\r\n')));
      else reject(new Error('closed without an answer'));
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: lb\r\nConnection: close\r\n\r\n`);
  });
}

/** Where to reach what listens on every interface. */
function local(host: string): string {
  if (host === '::') return '::1';
  return host === '' || host === '0.0.0.0' ? '127.0.0.1' : host;
}
