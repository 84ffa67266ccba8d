import { expect, it } from 'vitest';
import { tcpConfig } from '../helpers/lb-config.ts';
import { type PeerName, pathOf } from '../helpers/peers.ts';
import { describeWith } from '../helpers/requires.ts';
import { startLb } from '../helpers/start-lb.ts';
import { startPostgres } from '../helpers/start-postgres.ts';
import { startProcess } from '../helpers/start-process.ts';
import { startRedis } from '../helpers/start-redis.ts';

/** lb in front of one backend, and a way to run a client program against it to its end. */
async function startThrough(backend: string) {
  const lb = await startLb(tcpConfig([backend]));
  const port = lb.address('tcp').split(':')[1]!; // host:port
  const run = async (name: PeerName, ...args: readonly string[]) => {
    const client = startProcess(pathOf(name), ['-h', '127.0.0.1', '-p', port, ...args]);
    const { code } = await client.exited;
    return { code, output: client.stdout.trim(), stderr: client.stderr };
  };
  return { lb, run };
}

describeWith('redis-server', 'redis-cli')('Redis', () => {
  it('sets and gets through lb', async () => {
    const { lb, run } = await startThrough(await startRedis());
    expect(await run('redis-cli', 'SET', 'word', 'splice')).toMatchObject({
      code: 0,
      output: 'OK',
    });
    expect(await run('redis-cli', 'GET', 'word')).toMatchObject({ code: 0, output: 'splice' });
    expect(await lb.someLines({ protocol: 'tcp', reason: '' }, 2)).toHaveLength(2);
  });
});

describeWith('redis-server', 'redis-benchmark')('redis-benchmark', () => {
  it('runs pipelined commands of 50 clients through lb', async () => {
    const { run } = await startThrough(await startRedis());
    const load = ['-n', '1000', '-c', '50', '-P', '4', '-t', 'set,get,lpush', '--csv'];
    const { code, output, stderr } = await run('redis-benchmark', ...load);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(output).toMatch(/"SET".*\n"GET".*\n"LPUSH"/);
  });
});

describeWith(
  'initdb',
  'postgres',
  'psql',
  'pgbench',
)('PostgreSQL', () => {
  it('answers psql and pgbench through lb', async () => {
    const { run } = await startThrough(await startPostgres());
    const login = ['-U', 'postgres'];
    const sum = 'select sum(n), count(*) from generate_series(1, 100000) n';
    expect(await run('psql', ...login, '-Atc', sum)).toEqual({
      code: 0,
      output: '5000050000|100000',
      stderr: '',
    });
    expect(await run('pgbench', ...login, '-i', '-q', 'postgres')).toMatchObject({ code: 0 });
    const load = await run('pgbench', ...login, '-T', '3', '-c', '4', 'postgres');
    expect(load).toMatchObject({ code: 0 });
    expect(load.output).toMatch(/number of failed transactions: 0 /);
  });
});
