import { existsSync } from 'node:fs';
import { controlPaths } from '../api/control-path.ts';
import { LbError } from '../foundation/lb-error.ts';
import { DEFAULT_PATHS } from './config-path.ts';
import type { Io } from './io.ts';

/** What may be said about where a running lb is. */
export interface ControlPlace {
  readonly control: string | undefined;
  readonly config: string | undefined;
}

/**
 * Finds the control socket as `lb start` does: `--control`, then what the configuration says, then the first of the
 * usual places where there is one.
 *
 * @throws LbError NO_ANSWER when there is none.
 */
export async function findControl({ control, config }: ControlPlace, io: Io): Promise<string> {
  if (control !== undefined) return control;
  const file = config ?? DEFAULT_PATHS.find((path) => existsSync(path));
  const said = file === undefined ? 'auto' : await controlOf(file, io);
  if (said === 'off') {
    throw new LbError('NO_ANSWER', `Cannot reach lb: ${file} says control: off; needs a socket`);
  }
  if (said !== 'auto') return said;
  const paths = controlPaths(io.env);
  const path = paths.find((each) => existsSync(each));
  if (path !== undefined) return path;
  const message = `Cannot find the control socket of a running lb: looked for ${paths.join(' and ')}; is lb running? --control PATH or -c FILE says where it is`;
  throw new LbError('NO_ANSWER', message);
}

async function controlOf(file: string, io: Io): Promise<string> {
  const { peekControl } = await import('../config/peek-control.ts');
  return peekControl(file, io.env);
}
