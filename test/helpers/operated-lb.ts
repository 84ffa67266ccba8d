import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Status } from '../../src/api/status.ts';
import type { LbConfig } from './lb-config.ts';
import { ReloadableLb } from './reloadable-lb.ts';
import { Lb, runLb, spawnLb, writeConfig } from './start-lb.ts';
import { makeTempDir } from './temp-dir.ts';

export interface ApiResponse {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers; tests look at parts of it
  readonly body: any;
}

/** A running lb with a control socket, and ways to give it orders. */
export class OperatedLb extends ReloadableLb {
  readonly control: string;

  constructor(lb: Lb, path: string, control: string) {
    super(lb, path);
    this.control = control;
  }

  /** With the control socket where it is, unless the configuration says otherwise. */
  override write(config: LbConfig): void {
    super.write({ ...config, global: { control: this.control, ...config.global } });
  }

  /** Asks over the control socket. @param body undefined: none. */
  async api(method: string, path: string, body?: object): Promise<ApiResponse> {
    const asked = request({ socketPath: this.control, method, path, agent: false });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    const [response]: IncomingMessage[] = await once(asked, 'response');
    return { status: response!.statusCode ?? 0, body: JSON.parse(await text(response!)) }; // the event's one argument
  }

  async status(): Promise<Status> {
    return (await this.api('GET', '/api/v1/status')).body;
  }

  /** Runs a command of lb that talks to this one. */
  run(...args: readonly string[]) {
    return runLb([...args, '--control', this.control]);
  }
}

/** Starts lb with a control socket in a folder of its own; otherwise as `startReloadable`. */
export async function startOperated(config: LbConfig): Promise<OperatedLb> {
  const control = join(makeTempDir(), 'lb.sock');
  const path = writeConfig({ ...config, global: { control, ...config.global } });
  onTestFinished(() => lb.expectBlameless());
  const lb = new Lb(spawnLb(['start', '-c', path]));
  await lb.line({ msg: 'ready' });
  return new OperatedLb(lb, path, control);
}
