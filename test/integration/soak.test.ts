import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { startProcess } from '../helpers/start-process.ts';

const PROGRAM = resolve(import.meta.dirname, '../soak/run.ts');
const SECONDS = '60';

it('holds nothing and has lost nothing after faults, reloads and load together', {
  timeout: 150_000,
}, async () => {
  const args = [PROGRAM, '--seconds', SECONDS];
  const soak = startProcess(process.execPath, args, { killSignal: 'SIGTERM' });
  const { code } = await soak.exited;
  expect(soak.stderr).toBe('');
  expect(code, soak.stdout).toBe(0);
});
