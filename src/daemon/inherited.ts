import { LbError } from '../foundation/lb-error.ts';

/** Of the first socket, as systemd counts: after standard input, output and error. */
const FIRST_DESCRIPTOR = 3;

/** systemd itself gives no more than a service may have open at first. */
const MAX_SOCKETS = 1024;

/**
 * Which sockets whoever started lb has opened for it (sd_listen_fds(3)): LISTEN_FDS tells how many, LISTEN_PID whom they
 * are meant for. Variables that a parent of another program has left behind are not ours.
 *
 * @throws LbError LISTEN_FAILED when LISTEN_FDS is no number.
 */
export function inheritedDescriptors(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): readonly number[] {
  const { LISTEN_FDS: count, LISTEN_PID: owner } = env;
  if (count === undefined || owner !== String(pid)) return [];
  if (!/^\d{1,4}$/.test(count) || Number(count) > MAX_SOCKETS) {
    const found = JSON.stringify(count);
    const message = `Cannot take over sockets: LISTEN_FDS is ${found}; needs a number from 0 to ${MAX_SOCKETS}`;
    throw new LbError('LISTEN_FAILED', message);
  }
  return Array.from({ length: Number(count) }, (_, index) => FIRST_DESCRIPTOR + index);
}
