import { writeFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import type { LbConfig } from './lb-config.ts';
import { Lb, type Line, spawnLb, writeConfig } from './start-lb.ts';

/** What a line about a reload says besides the fields of every line. */
export interface ReloadLine extends Line {
  readonly generation: number;
  readonly changes?: readonly string[];
  readonly problems?: readonly string[];
}

const messages = {
  done: 'reloaded',
  same: 'reloaded: nothing changed',
  refused:
    'reload refused, nothing changed: correct the configuration (lb check shows the same) and reload again',
  failed: 'reload failed, nothing changed: remove the cause and reload again',
} as const;

/** A running `lb start` whose file the test rewrites. */
export class ReloadableLb {
  readonly lb: Lb;
  readonly path: string;

  constructor(lb: Lb, path: string) {
    this.lb = lb;
    this.path = path;
  }

  /** Writes the file without telling lb. */
  write(config: LbConfig): void {
    const global = { admin: { bind: '127.0.0.1:0' }, ...config.global };
    writeFileSync(this.path, JSON.stringify({ ...config, global }, null, 2));
  }

  /** Goes over to another configuration. */
  reload(config: LbConfig): Promise<ReloadLine> {
    this.write(config);
    return this.answerTo('done');
  }

  /** @param config null: the file stays as it is. */
  reloadSame(config: LbConfig | null = null): Promise<ReloadLine> {
    if (config !== null) this.write(config);
    return this.answerTo('same');
  }

  /** For a file that asks for what cannot be had. */
  reloadFailed(config: LbConfig): Promise<ReloadLine> {
    this.write(config);
    return this.answerTo('failed');
  }

  /** Sends SIGHUP and gives the line that lb answers with, which must be of this kind. */
  async answerTo(kind: keyof typeof messages): Promise<ReloadLine> {
    const { lb } = this;
    const about = () => lb.lines.filter((line) => line.msg?.startsWith('reload'));
    const before = about().length;
    lb.signal('SIGHUP');
    await expect.poll(() => about().length, { interval: 5 }).toBeGreaterThan(before);
    const line = about()[before];
    expect(line).toMatchObject({ msg: messages[kind] });
    return line as ReloadLine; // it is about a reload
  }
}

/** Starts lb so that its file can be rewritten; otherwise as `startLb`. @param flags of `lb start`. */
export async function startReloadable(
  config: LbConfig,
  flags: readonly string[] = [],
): Promise<ReloadableLb> {
  const path = writeConfig(config);
  onTestFinished(() => lb.expectBlameless());
  const lb = new Lb(spawnLb(['start', '-c', path, ...flags]));
  await lb.line({ msg: 'ready' });
  return new ReloadableLb(lb, path);
}
