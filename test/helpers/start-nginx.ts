import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFreePorts } from './free-port.ts';
import { pathOf } from './peers.ts';
import { startProcess } from './start-process.ts';
import { makeTempDir } from './temp-dir.ts';

/**
 * Starts one real nginx with a server per name. Each answers any path with its own name, and `/page.txt` as a
 * file with validators.
 *
 * @param settings directives for all of them.
 * @returns their addresses in the order of `names`.
 */
export function startNginx(names: readonly string[], settings = ''): Promise<readonly string[]> {
  const prefix = makeTempDir();
  chmodSync(prefix, 0o755); // the workers of a root nginx run as another user
  mkdirSync(join(prefix, 'files'));
  writeFileSync(join(prefix, 'files/page.txt'), 'a page\n'.repeat(300));
  return withFreePorts(names.length, async (ports) => {
    const servers = names.map((name, at) => server(name, ports[at]!)); // one port per name
    writeFileSync(join(prefix, 'nginx.conf'), nginxConf(servers, settings));
    const args = ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr'];
    const nginx = startProcess(pathOf('nginx'), args, { killSignal: 'SIGTERM' });
    await nginx.until(/start worker process \d+/);
    return ports.map((port) => `127.0.0.1:${port}`);
  });
}

function server(name: string, port: number): string {
  return `server {
    listen 127.0.0.1:${port};
    default_type text/plain;
    add_header X-Backend ${name};
    location / { return 200 "${name}\\n"; }
    location = /nothing { return 204; }
    location = /page.txt { root files; }
  }`;
}

function nginxConf(servers: readonly string[], settings: string): string {
  // At level notice nginx tells when its worker runs, by when it also listens.
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr notice;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  ${settings}
  ${servers.join('\n  ')}
}
`;
}
