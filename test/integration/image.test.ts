import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRoot } from '../helpers/bare-root.ts';
import { withFreePorts } from '../helpers/free-port.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { Buildah, defaultArgument, makeNodeImage } from '../helpers/node-image.ts';
import { findPeer, pathOf } from '../helpers/peers.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { startEchoBackend } from '../helpers/start-http-backend.ts';
import { Lb } from '../helpers/start-lb.ts';
import { startProcess } from '../helpers/start-process.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const root = resolve(import.meta.dirname, '../..');

/** What an image says about how to run it. */
interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly StopSignal: string;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

/** As a runtime does: a process namespace, a read-only root, a mounted folder, a user without rights; lb is process 1. */
const RUN = `
  mount --bind "$ROOT" "$ROOT" && mount -t proc proc "$ROOT/proc" && mount --bind "$CONF" "$ROOT/etc/lb" &&
  mount -t tmpfs -o uid=65532,gid=65532,mode=0700 tmpfs "$ROOT/run/lb" && mount -o remount,bind,ro "$ROOT" &&
  exec "$0" --chroot="$ROOT" --drop=all --gid=65532 --uid=65532 --shell="$1" -- "$2"`;

describe.runIf(isRoot() && findPeer('buildah') !== null)('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lb-test-image-'));
  const buildah = new Buildah(join(folder, 'store'));
  let config: ImageConfig;
  let image = '';

  beforeAll(() => {
    makeNodeImage(buildah, folder, defaultArgument(join(root, 'Dockerfile'), 'NODE_IMAGE'));
    const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
    const volume = ['--volume', `${cache}:/root/.npm`];
    const how = ['--format', 'docker', ...volume, '--build-arg', 'COMMIT=cafe12345678'];
    buildah.run('build', '--quiet', ...how, '--tag', 'lb', root);
    config = JSON.parse(buildah.run('inspect', '--type', 'image', 'lb')).Docker.config;
    image = buildah.run('mount', buildah.run('from', 'localhost/lb'));
    mkdirSync(join(image, 'proc')); // runtimes make what they mount to
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('holds lb, its libraries and nothing to run beside it', () => {
    const files = readdirSync(image, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(image.length))
      .filter((path) => !/\/lib[^/]+\.so[.\d]*$|\/ld-linux-[^/]+$/.test(path));
    expect(files.sort()).toEqual(['/etc/group', '/etc/passwd', '/usr/bin/lb']);
  });

  it('says how to run it: not as root, with a health check', () => {
    expect(config).toMatchObject({
      User: '65532:65532',
      Entrypoint: ['/usr/bin/lb'],
      Cmd: ['start'],
      StopSignal: 'SIGTERM',
      Healthcheck: { Test: ['CMD', '/usr/bin/lb', 'health'] },
    });
  });

  it('serves as process 1 on a read-only root, reloads what is mounted, and stops in order', async () => {
    const [one, two] = [await startEchoBackend('one'), await startEchoBackend('two')];
    const conf = makeTempDir();
    chmodSync(conf, 0o755);
    await withFreePorts(1, async ([port]) => {
      const write = (backend: string) => {
        const global = { admin: { bind: `127.0.0.1:${port}` } };
        writeFileSync(join(conf, 'lb.yaml'), JSON.stringify(webConfig([backend], { global })));
      };
      write(one.address);
      const env = {
        ...Object.fromEntries(config.Env.map((pair) => pair.split('=', 2))),
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        ROOT: image,
        CONF: conf,
      };
      const namespaces = ['--pid', '--fork', '--mount', '--kill-child=SIGKILL'];
      const command = ['sh', '-c', RUN, pathOf('capsh'), config.Entrypoint[0]!, config.Cmd[0]!];
      const runtime = startProcess('unshare', [...namespaces, ...command], { env });
      const lb = new Lb(runtime);
      expect(await lb.line({ msg: 'ready' })).toMatchObject({ pid: 1 });
      const children = readFileSync(`/proc/${lb.pid}/task/${lb.pid}/children`, 'latin1');
      const pid = Number(children.trim());
      const client = await connectRaw(lb.address('web'));
      const ask = async () => {
        client.send('GET / HTTP/1.1\r\nHost: lb.test\r\n\r\n');
        return String((await client.response()).body);
      };
      expect(await ask()).toContain('"one"');

      const [, ...check] = config.Healthcheck.Test;
      const enter = ['--target', String(pid), '--mount', '--pid', '--root', '--setuid', '65532'];
      const health = startProcess('nsenter', [...enter, '--', ...check]);
      expect(await health.exited, health.stderr).toEqual({ code: 0, signal: null });

      write(two.address);
      process.kill(pid, 'SIGHUP');
      await lb.line({ msg: 'reloaded' });
      expect(await ask()).toContain('"two"');

      process.kill(pid, config.StopSignal);
      expect(await lb.exited).toEqual({ code: 0, signal: null });
      expect(runtime.stderr).toBe('');
    });
  });
});
