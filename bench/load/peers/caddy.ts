import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTool } from '../tools.ts';
import type { Peer } from './peer.ts';

export const caddy: Peer = {
  name: 'caddy',

  find: () => findTool('caddy', 'version'),

  prepare: async (tool, { directory, port, backendPorts, accessLog }) => {
    const file = join(directory, 'Caddyfile');
    const backends = backendPorts.map((backendPort) => `127.0.0.1:${backendPort}`).join(' ');
    // Caddy sets X-Forwarded-For, -Proto and -Host by itself.
    await writeFile(
      file,
      `{
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
  reverse_proxy ${backends} {
    lb_policy round_robin
    transport http {
      keepalive 1h
      keepalive_idle_conns_per_host 1024
    }
  }
}
`,
    );
    const home = [
      `HOME=${directory}`,
      `XDG_DATA_HOME=${directory}`,
      `XDG_CONFIG_HOME=${directory}`,
    ];
    const run = [tool.command, 'run', '--adapter', 'caddyfile', '--config', file];
    return ['env', 'GOMAXPROCS=1', ...home, ...run];
  },
};
