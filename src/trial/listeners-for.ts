import type { Address } from '../foundation/address.ts';
import { targetOf } from './trial-request.ts';

/** Which of several HTTP listeners a URL leads to: those bound to its port; all of them where none is. */
export function listenersFor<L extends { readonly bind: Address }>(
  url: string,
  listeners: readonly L[],
): readonly L[] {
  const { port } = targetOf(url);
  const bound = listeners.filter(({ bind }) => bind.kind === 'tcp' && bind.port === port);
  return bound.length === 0 ? listeners : bound;
}
