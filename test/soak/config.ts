import type { BackendChild } from '../helpers/backend-child.ts';
import type { LbConfig } from '../helpers/lb-config.ts';

/** How long lb keeps an idle connection to a backend; when all is quiet it has none left after that. */
const IDLE = '1s';

/** Impatient in everything, so that much happens in a short time. */
const POOL = {
  health_check: { interval: '500ms', timeout: '400ms', unhealthy_threshold: 2 },
  passive_health: { ejection: '500ms', max_ejection: '2s' },
  timeouts: { connect: '500ms', response_header: '1s', response_stall: '5s' },
  connection_pool: { idle: IDLE },
  retries: { attempts: 4 }, // as many as there are other backends
  drain_timeout: '1s',
};

/** HTTP, sessions over WebSocket, and TCP, each by a listener of its own so that each is counted for itself. */
export function configOf(backends: readonly BackendChild[], algorithm: string): LbConfig {
  const pool = { ...POOL, algorithm };
  return {
    global: { admin: { bind: '127.0.0.1:0' } },
    listeners: [
      { name: 'web', bind: '127.0.0.1:0', pool: 'web' },
      { name: 'sessions', bind: '127.0.0.1:0', pool: 'web' },
      { name: 'tcp', protocol: 'tcp', bind: '127.0.0.1:0', pool: 'tcp' },
    ],
    pools: {
      web: {
        ...pool,
        health_check: { ...POOL.health_check, type: 'http' },
        backends: backends.map(({ address }) => address),
      },
      tcp: { ...pool, backends: backends.map(({ tcpAddress }) => tcpAddress) },
    },
  };
}
