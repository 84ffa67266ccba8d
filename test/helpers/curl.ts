import { type HttpResponse, readHead } from './http-message.ts';
import { pathOf } from './peers.ts';
import { startProcess } from './start-process.ts';

export interface CurlResult extends HttpResponse {
  /** 0, or what curl's manual page says under EXIT CODES (18: body cut, 52: no answer, 7: refused). */
  readonly exitCode: number | null;
  /** Status codes of the 1xx answers before the final one. */
  readonly interim: readonly number[];
}

/** Runs the real curl with `args` and takes its one answer apart; status 0 when there was none. */
export async function curl(...args: readonly string[]): Promise<CurlResult> {
  const { exitCode, stdout } = await runCurl('--include', ...args);
  const interim: number[] = [];
  let head = readHead(stdout, 0);
  while (head !== null && head.status < 200) {
    interim.push(head.status);
    head = readHead(stdout, head.end);
  }
  if (head === null) return { exitCode, status: 0, headers: new Headers(), body: '', interim };
  const { status, headers, end } = head;
  return { exitCode, status, headers, body: stdout.slice(end), interim };
}

/** Runs the real curl and gives what it wrote, for several answers in one run. */
export async function runCurl(...args: readonly string[]) {
  // -q: no .curlrc. A proxy of the environment is not meant for loopback.
  const common = ['-q', '--silent', '--show-error', '--noproxy', '*', '--max-time', '30'];
  const curl = startProcess(pathOf('curl'), [...common, ...args]);
  const { code } = await curl.exited;
  return { exitCode: code, stdout: curl.stdout, stderr: curl.stderr };
}
