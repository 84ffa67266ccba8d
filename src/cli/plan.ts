import { resolve } from 'node:path';
import type { ChangeAnswer, PlanAnswer } from '../api/changes.ts';
import { type LoadResult, loadConfig } from '../config/load.ts';
import { newModules } from '../daemon/new-modules.ts';
import { planOf } from '../daemon/plan.ts';
import { ControlClient } from './control-client.ts';
import type { Io } from './io.ts';
import { printProblems } from './print-problems.ts';
import { printInvalid } from './reload.ts';
import { renderChanges } from './render-changes.ts';

export interface PlanOptions {
  readonly json: boolean;
  /** Path of the file to compare. */
  readonly config: string;
  /** Path of the file to compare it with; undefined: with what is at work. */
  readonly from: string | undefined;
  readonly control: string | undefined;
}

/** Something would change: neither done nor failed, and scripts want to know. */
const WOULD_CHANGE = 3;

/** `lb plan`. @returns exit code 0 when nothing would change, 3 when something would, 2 when a file is invalid. */
export function runPlan(options: PlanOptions, io: Io): Promise<number> {
  return options.from === undefined ? planLive(options, io) : planFiles(options, options.from, io);
}

async function planLive({ config, json, control }: PlanOptions, io: Io): Promise<number> {
  const client = await ControlClient.find({ control, config: undefined }, io);
  const path = `/api/v1/plan?path=${encodeURIComponent(resolve(config))}`;
  const { body } = await client.ask({ method: 'GET', path });
  if (body['outcome'] === undefined) {
    io.stderr(`lb: ${body['message']}\n`);
    return 1;
  }
  const answer = body as unknown as PlanAnswer; // as its endpoint says
  if (answer.outcome === 'planned') return tell(answer.changes, json, io);
  if (json) io.stdout(`${JSON.stringify(answer)}\n`);
  else printInvalid(answer.problems, 'nothing would be reloaded', io);
  return 2;
}

async function planFiles({ config, json }: PlanOptions, from: string, io: Io): Promise<number> {
  const [before, after] = await Promise.all([loadConfig(from, io.env), loadConfig(config, io.env)]);
  if (!before.ok) return complain(from, before, io);
  if (!after.ok) return complain(config, after, io);
  const changes = planOf(before.snapshot, after.snapshot, newModules(before, after));
  return tell(changes, json, io);
}

function complain(file: string, result: Extract<LoadResult, { ok: false }>, io: Io): number {
  return printProblems(file, result.problems, io);
}

function tell(changes: readonly ChangeAnswer[], json: boolean, io: Io): number {
  if (json) io.stdout(`${JSON.stringify({ outcome: 'planned', changes })}\n`);
  else io.stdout(changes.length === 0 ? 'nothing would change\n' : renderChanges(changes));
  return changes.length === 0 ? 0 : WOULD_CHANGE;
}
