import type { ReloadAnswer } from '../api/changes.ts';
import { LbError } from '../foundation/lb-error.ts';
import { ControlClient } from './control-client.ts';
import type { ControlPlace } from './find-control.ts';
import type { Io } from './io.ts';
import { count } from './print-problems.ts';
import { renderChanges } from './render-changes.ts';

export interface ReloadOptions extends ControlPlace {
  readonly json: boolean;
  readonly why: string | undefined;
}

const codes: Readonly<Record<ReloadAnswer['outcome'], number>> = {
  changed: 0,
  unchanged: 0,
  failed: 1,
  invalid: 2,
};

/** `lb reload`. @returns exit code 0, 1 when it failed, 2 when the file is invalid. */
export async function runReload({ json, why, ...place }: ReloadOptions, io: Io): Promise<number> {
  const client = await ControlClient.find(place, io);
  const body = why === undefined ? {} : { why };
  const { body: said } = await client.ask({ method: 'POST', path: '/api/v1/reload', body });
  if (said['outcome'] === undefined) throw new LbError('CONFLICT', String(said['message']));
  const answer = said as unknown as ReloadAnswer; // as its endpoint says
  if (json) io.stdout(`${JSON.stringify(answer)}\n`);
  else tell(answer, io);
  return codes[answer.outcome];
}

function tell(answer: ReloadAnswer, io: Io): void {
  switch (answer.outcome) {
    case 'changed':
      io.stdout(renderChanges(answer.changes));
      io.stdout(`reloaded: generation ${answer.generation}\n`);
      break;
    case 'unchanged':
      io.stdout(`reloaded: nothing changed, generation ${answer.generation}\n`);
      break;
    case 'invalid':
      printInvalid(answer.problems, 'nothing is reloaded', io);
      break;
    case 'failed':
      io.stderr(`lb: ${answer.message}\n`);
  }
}

/** @param problems as lb prints them, each with its place in the file. */
export function printInvalid(problems: readonly string[], sothat: string, io: Io): void {
  for (const problem of problems) io.stderr(problem);
  io.stderr(`${count(problems.length, 'problem')}: ${sothat}\n`);
}
