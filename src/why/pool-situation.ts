import type { Backend } from '../backend/backend.ts';
import { formatAddress } from '../foundation/address.ts';
import type { BackendHealth } from '../health/backend-health.ts';

const MAX_GROUPS = 5;

/**
 * How the backends of a pool are, those that are alike together: `2 down (refused the connection), 1 in maintenance by
 * alice (new disk)`.
 */
export function poolSituation(backends: readonly BackendHealth[]): string {
  const groups = new Map<string, number>();
  for (const health of backends) {
    const text = stateText(health);
    groups.set(text, (groups.get(text) ?? 0) + 1);
  }
  const texts = [...groups].map(([text, number]) => `${number} ${text}`);
  const more = texts.length > MAX_GROUPS ? ', …' : '';
  return texts.slice(0, MAX_GROUPS).join(', ') + more;
}

function stateText({ state, why, ordered, backend }: BackendHealth): string {
  switch (state) {
    case 'maintenance':
    case 'draining':
      return orderText(state === 'draining' ? 'draining' : 'in maintenance', ordered.who, why);
    case 'up':
    case 'half_open':
      if (backend.configuredWeight === 0) return 'of weight 0';
      if (!backend.hasRoom) return `full (${backend.active} of ${backend.maxConnections})`;
      return state === 'up' ? 'up' : 'on trial after an ejection';
    default:
      return `${state} (${withoutAddress(why, backend)})`;
  }
}

function orderText(what: string, who: string | null, why: string): string {
  return `${what}${who === null ? '' : ` by ${who}`}${why === '' ? '' : ` (${why})`}`;
}

/** Else no two of them would be alike. */
function withoutAddress(why: string, { address, target }: Backend): string {
  return [address, target].reduce((text, each) => text.replace(`${formatAddress(each)} `, ''), why);
}
