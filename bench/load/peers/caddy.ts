import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTool } from '../tools.ts';
import { idleBackendConnections, type Peer, type PeerSetup } from './peer.ts';

export const caddy: Peer = {
  name: 'caddy',

  find: (job) => {
    if (job === 'tcp') return 'it has no TCP mode';
    if (job === 'reload') return 'its reload needs its admin API, which is off here';
    return findTool('caddy', 'version') ?? 'not installed';
  },

  prepare: async (tool, setup) => {
    const { directory } = setup;
    const file = join(directory, 'Caddyfile');
    await writeFile(file, renderConfig(setup));
    const home = [
      `HOME=${directory}`,
      `XDG_DATA_HOME=${directory}`,
      `XDG_CONFIG_HOME=${directory}`,
    ];
    const run = [tool.command, 'run', '--adapter', 'caddyfile', '--config', file];
    return ['env', 'GOMAXPROCS=1', ...home, ...run];
  },

  reloadSignal: null,
};

/** Caddy sets X-Forwarded-For, -Proto and -Host by itself and passes upgrades on. */
function renderConfig({ port, backends, accessLog }: PeerSetup): string {
  return `{
  admin off
  auto_https off
  log default {
    level ERROR
  }
}
http://:${port} {
  bind 127.0.0.1
  log {
    format json
    output file ${accessLog} {
      roll_disabled
    }
  }
  reverse_proxy ${backends.join(' ')} {
    lb_policy round_robin
    transport http {
      keepalive 1h
      keepalive_idle_conns_per_host ${idleBackendConnections}
    }
  }
}
`;
}
