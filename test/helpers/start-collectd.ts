import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';
import { pathOf } from './peers.ts';
import { startProcess, type TestProcess } from './start-process.ts';
import { makeTempDir } from './temp-dir.ts';

/** Starts a real collectd that listens to StatsD on loopback, and writes what it knows to its standard output each second. */
export async function startCollectd(): Promise<Collectd> {
  const dir = makeTempDir();
  // Of TCP: the same numbers are free for UDP where nobody listens to StatsD.
  const port = await findFreePort();
  const file = join(dir, 'collectd.conf');
  writeFileSync(
    file,
    `Hostname "lb"
BaseDir "${dir}"
PIDFile "${join(dir, 'pid')}"
TypesDB "/usr/share/collectd/types.db"
Interval 1
LoadPlugin logfile
<Plugin logfile>
  LogLevel info
  File stderr
</Plugin>
LoadPlugin statsd
<Plugin statsd>
  Host "127.0.0.1"
  Port "${port}"
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "stdout"
</Plugin>
`,
  );
  const collectd = startProcess(pathOf('collectd'), ['-f', '-C', file]);
  await collectd.until(/Initialization complete/);
  return new Collectd(collectd, `127.0.0.1:${port}`);
}

export class Collectd {
  /** As lb.yaml spells it. */
  readonly address: string;
  readonly #process: TestProcess;

  constructor(started: TestProcess, address: string) {
    this.#process = started;
    this.address = address;
  }

  /** Waits until it knows this value of a metric. @param metric with collectd's type before it. */
  async until(metric: string, value: string): Promise<void> {
    const line = `/statsd/${metric} `;
    await this.#process.waitFor(
      () =>
        this.#process.stdout
          .split('\n')
          .some((each) => each.includes(line) && each.endsWith(`:${value}`)) || undefined,
      () => `${metric} ${value}`,
    );
  }

  /** What it could not make sense of. */
  complaints(): readonly string[] {
    return this.#process.stderr.split('\n').filter((line) => line.includes('Unable'));
  }
}
