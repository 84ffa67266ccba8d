import { controlPaths } from '../api/control-path.ts';
import { parseConfig } from '../config/load.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { runDaemon } from '../daemon/run.ts';
import { formatAddress } from '../foundation/address.ts';
import { type DemoBackend, startDemoBackends } from './demo-backends.ts';
import type { Io } from './io.ts';
import { printProblems } from './print-problems.ts';
import { readCommit, readVersion } from './version.ts';

export interface DemoOptions {
  /** Addresses as lb.yaml spells them. */
  readonly listen: string;
  readonly admin: string;
}

/** `lb demo`: three backends of different speeds behind a balancer, until Ctrl-C. @returns exit code as `lb start`. */
export async function runDemo({ listen, admin }: DemoOptions, io: Io): Promise<number> {
  const backends = await startDemoBackends();
  try {
    const text = demoConfig(listen, admin, backends);
    const result = parseConfig(Buffer.from(text), {
      file: 'demo',
      env: {},
      readFile: () => {
        throw new Error('Cannot read files: the demo has none');
      },
    });
    if (!result.ok) return printProblems('the demo', result.problems, io);
    const onReady = (daemon: Daemon): void => io.stdout(welcome(daemon, backends, text));
    const loaded = { snapshot: result.snapshot, customAlgorithms: new Map() };
    const where = controlPaths(io.env);
    return await runDaemon(loaded, {
      version: readVersion(),
      commit: readCommit(),
      load: null,
      controlPaths: where,
      onReady,
    });
  } finally {
    for (const backend of backends) backend.close();
  }
}

function demoConfig(listen: string, admin: string, backends: readonly DemoBackend[]): string {
  const lines = backends.map(
    ({ name, address }) => `      - { name: ${name}, address: "${address}" }`,
  );
  return `global:
  log: { level: warn, output: stderr }
  access_log: { output: stdout }
  limits: { max_connections: 1000 }
  admin: { bind: "${admin}" }
listeners:
  - name: demo
    bind: "${listen}"
    pool: hello
pools:
  hello:
    backends:
${lines.join('\n')}
`;
}

function welcome(daemon: Daemon, backends: readonly DemoBackend[], config: string): string {
  const [listener] = daemon.listeners;
  const url = listener === undefined ? '' : urlOf(formatAddress(listener.address));
  const admin = daemon.adminAddress === null ? '' : urlOf(daemon.adminAddress);
  const rows = backends.map(
    ({ name, address, delayMs }) =>
      `    ${name.padEnd(8)} ${address.padEnd(17)} answers in ${delayMs} ms`,
  );
  const tries = [
    [`curl ${url}/`, 'again and again: each backend has its turn'],
    [`curl ${admin}/metrics`, 'what was counted'],
    [`curl ${admin}/readyz`, 'what another balancer would ask'],
  ] as const;
  const width = Math.max(...tries.map(([command]) => command.length));
  return `lb demo: a load balancer in front of three backends

  balancer   ${url}
  admin      ${admin}
  backends
${rows.join('\n')}

Try, in another terminal:
${tries.map(([command, why]) => `  ${command.padEnd(width)}  # ${why}`).join('\n')}

This is the whole configuration:

${config.replace(/^/gm, '  ').trimEnd()}

Every request is logged below. Ctrl-C ends it.
`;
}

function urlOf(address: string): string {
  return `http://${address.startsWith(':') ? `localhost${address}` : address}`;
}
