import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Endpoint } from '../../../src/backend/endpoint.ts';
import type { ProbeResult } from '../../../src/health/check.ts';
import { importCheck, moduleCheck } from '../../../src/health/module-check.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

function writeModule(text: string): string {
  const path = join(makeTempDir(), 'check.mjs');
  writeFileSync(path, text);
  return path;
}

/** A probe by a module of this text, and what it has told so far. */
function makeProbe(text: string) {
  const results: ProbeResult[] = [];
  const owner = { onProbed: (result: ProbeResult) => results.push(result) };
  const endpoint = new Endpoint({ kind: 'tcp', host: '10.0.0.1', port: 80 });
  const services = null as never; // no module is given any
  const module = writeModule(text);
  return { probe: moduleCheck.build({ module, content: '' }, endpoint, services, owner), results };
}

it.each([
  ['returns', 'export function probe() {}', { ok: true, why: 'the probe passed' }],
  ['resolves', 'export async function probe() {}', { ok: true, why: 'the probe passed' }],
  ['throws', 'export function probe() { throw new Error("lag"); }', { ok: false, why: 'lag' }],
  ['rejects', 'export const probe = () => Promise.reject("no");', { ok: false, why: 'no' }],
  [
    'tells its target',
    'export const probe = (target) => { throw new Error(JSON.stringify(target)); };',
    { ok: false, why: '{"address":"10.0.0.1:80","host":"10.0.0.1","port":80,"path":""}' },
  ],
])('takes for the result that the function %s', async (_name, text, result) => {
  const { probe, results } = makeProbe(text);
  probe.start();
  expect(results).toEqual([]); // never from within start
  await expect.poll(() => results).toEqual([result]);
  probe.start();
  await expect.poll(() => results).toEqual([result, result]);
});

it('aborts the signal when time is up, and hears nothing of what comes later', async () => {
  const { probe, results } = makeProbe(`
    globalThis.lbTest = { started: 0, aborted: 0 };
    export const probe = (_target, signal) =>
      new Promise((_resolve, reject) => {
        globalThis.lbTest.started++;
        signal.addEventListener('abort', () => {
          globalThis.lbTest.aborted++;
          reject(new Error('aborted'));
        });
      });
  `);
  const state = () => (globalThis as { lbTest?: { started: number; aborted: number } }).lbTest;
  probe.start();
  await expect.poll(state).toEqual({ started: 1, aborted: 0 });
  probe.abort();
  expect(state()).toEqual({ started: 1, aborted: 1 });
  probe.start();
  await expect.poll(state).toEqual({ started: 2, aborted: 1 });
  expect(results).toEqual([]);
});

it.each([
  ['no such function', 'export default 1;', 'it exports no function named probe'],
  ['a fault of its own', 'throw new Error("no database");', 'no database'],
])('cannot import a module with %s', async (_name, text, message) => {
  await expect(importCheck(writeModule(text), '')).rejects.toThrow(message);
});
