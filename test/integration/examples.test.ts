import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LbConfig } from '../helpers/lb-config.ts';
import { runLb, startLb } from '../helpers/start-lb.ts';

const folder = resolve(import.meta.dirname, '../../examples');
const examples = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

it('finds examples to start', () => expect(examples).toContain('quickstart.yaml'));

it.each(examples)('%s is valid as it is', async (file) => {
  const { code, stderr } = await runLb(['check', '-c', join(folder, file)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it.each(examples)('%s starts and stops, on free ports', async (file) => {
  const config: LbConfig = parse(readFileSync(join(folder, file), 'utf8'));
  const listeners = config.listeners.map((listener) => ({ ...listener, bind: '127.0.0.1:0' }));
  const global = { ...config.global, admin: { bind: '127.0.0.1:0' } };
  const lb = await startLb({ ...config, global, listeners });
  const up = lb.lines.filter(({ msg }) => msg === 'listening');
  expect(up).toHaveLength(listeners.length);
  expect(await lb.stop()).toBe(0);
});
