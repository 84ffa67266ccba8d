import { didYouMean } from '../foundation/did-you-mean.ts';
import { LbError } from '../foundation/lb-error.ts';

export function unknownPool(name: string, known: readonly string[]): LbError {
  const message = `Cannot find the pool ${JSON.stringify(name)}${adviceFor(name, known)}`;
  return new LbError('NAME_UNKNOWN', message);
}

export function unknownBackend(pool: string, name: string, known: readonly string[]): LbError {
  const what = `Cannot find the backend ${JSON.stringify(name)} in ${pool}`;
  return new LbError('NAME_UNKNOWN', `${what}${adviceFor(name, known)}`);
}

function adviceFor(name: string, known: readonly string[]): string {
  const some = known.slice(0, 10).join(', ') + (known.length > 10 ? ', …' : '');
  return didYouMean(name, known) || `; there is ${some}`;
}
