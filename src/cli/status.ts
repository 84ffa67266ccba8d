import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../api/status.ts';
import { LbError } from '../foundation/lb-error.ts';
import { ControlClient } from './control-client.ts';
import type { ControlPlace } from './find-control.ts';
import type { Io } from './io.ts';
import { renderStatus } from './render-status.ts';

export interface StatusOptions extends ControlPlace {
  readonly json: boolean;
  readonly watch: boolean;
}

const EVERY_MS = 1000;

/** Cursor to the top left, and everything below it gone. */
const CLEAR = '\u001b[H\u001b[2J';

/** `lb status`. @returns exit code 0; with `watch`, never. */
export async function runStatus(options: StatusOptions, io: Io): Promise<number> {
  const client = await ControlClient.find(options, io);
  if (!options.watch) {
    io.stdout(await shown(client, options.json, io));
    return 0;
  }
  const isTerminal = io.terminal === true;
  for (;;) {
    const text = await shown(client, options.json, io).catch(whyNot);
    io.stdout(isTerminal ? CLEAR + text : text);
    await sleep(EVERY_MS);
  }
}

async function shown(client: ControlClient, json: boolean, io: Io): Promise<string> {
  const body = await client.demand({ method: 'GET', path: '/api/v1/status' });
  const status = body as unknown as Status; // as its endpoint says
  const isColored = io.terminal === true && !io.env['NO_COLOR'];
  return json ? `${JSON.stringify(status)}\n` : renderStatus(status, isColored, Date.now());
}

/** lb may be restarted while somebody watches. */
function whyNot(error: unknown): string {
  if (error instanceof LbError) return `${error.message}\n`;
  throw error;
}
