import type { OutputConfig, Outputs, StagedOutputs } from './outputs.ts';
import type { Sockets, StagedSockets, Wish } from './sockets.ts';

/** What is open for a generation, before anything has changed. */
export interface Staged {
  readonly outputs: StagedOutputs;
  readonly sockets: StagedSockets;
}

/** Opens all of it, or nothing. @throws LbError LISTEN_FAILED, OUTPUT_FAILED */
export async function stage(
  outputs: Outputs,
  sockets: Sockets,
  config: OutputConfig,
  wishes: readonly Wish[],
): Promise<Staged> {
  const staged = outputs.prepare(config);
  try {
    return { outputs: staged, sockets: await sockets.stage(wishes) };
  } catch (error) {
    staged.abort();
    throw error;
  }
}

/** Closes it again. */
export function abort({ outputs, sockets }: Staged): Promise<void> {
  outputs.abort();
  return sockets.abort();
}
