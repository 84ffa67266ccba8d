import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type LbConfig, webConfig } from '../helpers/lb-config.ts';
import { startReloadable } from '../helpers/reloadable-lb.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { runLb, startLb } from '../helpers/start-lb.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const folder = resolve(import.meta.dirname, '../../examples/custom-health-check');

it('is valid as it is', async () => {
  const { code, stderr } = await runLb(['check', '-c', `${folder}/lb.yaml`]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('judges backends as the module of the example says', async () => {
  let lag = 1;
  const replica = await startHttpBackend((_request, response) => {
    response.end(JSON.stringify({ lag_seconds: lag }));
  });
  const example: LbConfig = parse(readFileSync(`${folder}/lb.yaml`, 'utf8'));
  const check = { type: `${folder}/check-replica.js`, interval: '100ms', unhealthy_threshold: 1 };
  const lb = await startLb({
    listeners: [{ ...example.listeners[0], bind: '127.0.0.1:0' }],
    pools: { replicas: { backends: [replica.address], health_check: check } },
  });
  lag = 60;
  const down = await lb.line({ backend: replica.address, from: 'up', to: 'down' });
  expect(down.why).toBe('the replica is 60 s behind');
  lag = 0;
  await lb.line({ backend: replica.address, from: 'down', to: 'up', why: 'the probe passed' });
});

it('probes by the new code of a module after a reload', async () => {
  const backend = await startHttpBackend((_request, response) => response.end('here'));
  const module = join(makeTempDir(), 'check.js');
  writeFileSync(module, 'export const probe = () => undefined;');
  const check = { type: module, interval: '1h', unhealthy_threshold: 1 };
  const config = webConfig([backend.address], { pool: { health_check: check } });
  const reloadable = await startReloadable(config);
  writeFileSync(module, 'export const probe = () => { throw new Error("not today"); };');
  const { changes } = await reloadable.answerTo('done');
  expect(changes).toEqual(['changed pool app: health_check']);
  // At once, though the next probe of the old code was an hour away.
  const down = await reloadable.lb.line({ backend: backend.address, to: 'down' });
  expect(down.why).toBe('not today');
});
