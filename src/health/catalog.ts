import type { Endpoint } from '../backend/endpoint.ts';
import type { CheckTiming, CheckType, Probe, ProbeOwner, ProbeServices } from './check.ts';
import { httpCheck } from './http-check.ts';
import { moduleCheck } from './module-check.ts';
import { tcpCheck } from './tcp-check.ts';

/** Every type of check lb has. A new one is a file beside this one and a word here. */
export const checks = [tcpCheck, httpCheck, moduleCheck] as const;

type ConfigOf<C> =
  C extends CheckType<infer Name, infer Options>
    ? CheckTiming & { readonly type: Name; readonly options: Options }
    : never;

/** A check with everything decided, told apart by `type`. */
export type CheckConfig = ConfigOf<(typeof checks)[number]>;

export function buildProbe(
  { type, options }: CheckConfig,
  endpoint: Endpoint,
  services: ProbeServices,
  owner: ProbeOwner,
): Probe {
  const check = checks.find(({ name }) => name === type) as CheckType<string, object>; // one of them by its type
  return check.build(options, endpoint, services, owner);
}
