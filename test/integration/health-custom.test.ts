import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LbConfig } from '../helpers/lb-config.ts';
import { startHttpBackend } from '../helpers/start-http-backend.ts';
import { runLb, startLb } from '../helpers/start-lb.ts';

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
