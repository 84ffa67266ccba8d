import { withFreePorts } from './free-port.ts';
import { pathOf } from './peers.ts';
import { startProcess } from './start-process.ts';
import { makeTempDir } from './temp-dir.ts';

/** Starts a real Redis that keeps nothing on disk; gives its address. */
export function startRedis(): Promise<string> {
  const dir = makeTempDir();
  return withFreePorts(1, async ([port]) => {
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir];
    const redis = startProcess(pathOf('redis-server'), [
      ...args,
      '--save',
      '',
      '--appendonly',
      'no',
    ]);
    await redis.until(/Ready to accept connections/);
    return `127.0.0.1:${port}`;
  });
}
