import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadCpu } from './processes.ts';

/** The requests that wrk sends: all alike, each connection the next as soon as it has the answer. */
export interface HttpLoad {
  readonly connections: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Host is added by wrk. */
  readonly headers: Readonly<Record<string, string>>;
  /** Length of the request body; 0 for none. */
  readonly requestBytes: number;
}

export interface WrkResult {
  readonly completed: number;
  readonly durationMicros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** Empty when every request got an answer below 400. */
  readonly errors: readonly string[];
}

/** wrk's own counters, as `reportLua` prints them. */
interface WrkReport extends Omit<WrkResult, 'errors'> {
  readonly errors: Readonly<Record<keyof typeof errorWords, number>>;
}

const errorWords = {
  connect: 'failed connects',
  read: 'failed reads',
  write: 'failed writes',
  timeout: 'responses later than 5 s',
  status: 'responses with status >= 400',
} as const;

const reportMark = 'lb-bench-report ';

const reportLua = `
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '${reportMark}{"completed":%d,"durationMicros":%d,"p50Micros":%d,"p99Micros":%d,' ..
    '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.timeout, e.status))
end
`;

/** Runs wrk on the load CPU against 127.0.0.1:port; rejects when it fails, hangs or is aborted. */
export async function runWrk(
  load: HttpLoad,
  port: number,
  seconds: number,
  signal: AbortSignal,
): Promise<WrkResult> {
  const directory = await mkdtemp(join(tmpdir(), 'lb-bench-wrk-'));
  try {
    const script = join(directory, 'load.lua');
    await writeFile(script, renderWrkScript(load));
    const { stdout } = await promisify(execFile)(
      'taskset',
      [
        ...['-c', String(loadCpu), 'wrk', '--threads', '1', '--timeout', '5s'],
        ...['--connections', String(load.connections), '--duration', `${seconds}s`],
        ...['--script', script, `http://127.0.0.1:${port}${load.path}`],
      ],
      { signal, timeout: (seconds + 15) * 1000, killSignal: 'SIGKILL' },
    );
    return parseWrkOutput(stdout);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** JSON strings of printable ASCII are also Lua strings, so JSON.stringify is the quoting. */
export function renderWrkScript(load: HttpLoad): string {
  const headers = Object.entries(load.headers).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return [
    `wrk.method = ${JSON.stringify(load.method)}`,
    ...headers,
    ...(load.requestBytes > 0 ? [`wrk.body = string.rep("x", ${load.requestBytes})`] : []),
    reportLua,
  ].join('\n');
}

/** @param stdout everything wrk printed with a script of `renderWrkScript`. */
export function parseWrkOutput(stdout: string): WrkResult {
  const line = stdout.split('\n').find((text) => text.startsWith(reportMark));
  if (line === undefined) throw new Error(`Cannot read wrk's result: no report in ${stdout}`);
  const report: WrkReport = JSON.parse(line.slice(reportMark.length));
  const errors = Object.entries(errorWords)
    .map(([kind, words]) => ({ count: report.errors[kind as keyof typeof errorWords], words }))
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => `${count} ${words}`);
  return { ...report, errors: report.completed === 0 ? ['no responses', ...errors] : errors };
}
