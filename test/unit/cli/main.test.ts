import { execFileSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { expect, it } from 'vitest';

it('can be executed by its own name, as npx does', () => {
  const main = resolve(import.meta.dirname, '../../../src/main.ts');
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  expect(execFileSync(main, ['--version'], { env, encoding: 'utf8' })).toMatch(
    /^lb \d+\.\d+\.\d+ /,
  );
});
