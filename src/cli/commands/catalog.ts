import type { Command } from '../command.ts';
import { add } from './add.ts';
import { check } from './check.ts';
import { completionOf } from './completion.ts';
import { demo } from './demo.ts';
import { drain } from './drain.ts';
import { explain } from './explain.ts';
import { health } from './health.ts';
import { logLevel } from './log-level.ts';
import { maintenance } from './maintenance.ts';
import { plan } from './plan.ts';
import { ready } from './ready.ts';
import { reload } from './reload.ts';
import { remove } from './remove.ts';
import { reset } from './reset.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { weight } from './weight.ts';
import { why } from './why.ts';

/** Every sub-command, in the order of the usage. A new one is a file beside this one and a word here. */
export const commands: readonly Command[] = [
  start,
  check,
  plan,
  reload,
  status,
  explain,
  why,
  drain,
  maintenance,
  ready,
  weight,
  add,
  remove,
  reset,
  logLevel,
  health,
  demo,
  completionOf(() => commands),
];
