import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { runCheck } from '../../../src/cli/check.ts';

const root = resolve(import.meta.dirname, '../../..');
const broken = join(root, 'test/fixtures/broken');
const names = readdirSync(broken).filter((file) => file.endsWith('.yaml'));

/** Runs the sub-command, with the folder of the file cut from what it says. */
async function check(file: string, options: { print?: boolean; color?: boolean } = {}) {
  const said = { stdout: '', stderr: '' };
  const folder = `${resolve(file, '..')}/`;
  const code = await runCheck(
    { config: file, print: options.print ?? false },
    {
      stdout: (text) => {
        said.stdout += text.replaceAll(folder, '');
      },
      stderr: (text) => {
        said.stderr += text.replaceAll(folder, '');
      },
      env: {},
      color: options.color ?? false,
    },
  );
  return { code, ...said };
}

it('finds broken files to check', () => expect(names.length).toBeGreaterThanOrEqual(10));

it.each(names)('says what is wrong with %s', async (name) => {
  const expected = readFileSync(join(broken, name.replace('.yaml', '.expected.txt')), 'utf8');
  expect(await check(join(broken, name))).toEqual({ code: 2, stdout: '', stderr: expected });
});

it('counts what a good file defines', async () => {
  expect(await check(join(root, 'examples/quickstart.yaml'))).toEqual({
    code: 0,
    stdout: 'quickstart.yaml: ok, 1 listener, 1 route, 1 pool, 3 backends\n',
    stderr: '',
  });
  expect((await check(join(root, 'examples/full.yaml'))).stdout).toBe(
    'full.yaml: ok, 2 listeners, 2 routes, 3 pools, 5 backends, 2 tests passed\n',
  );
});

it('prints the effective configuration and nothing else', async () => {
  const { code, stdout, stderr } = await check(join(root, 'examples/quickstart.yaml'), {
    print: true,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^global:\n {2}log:\n {4}level: info\n/);
  expect(stdout).toContain('      response_header: 60s\n');
});

it('colours only where colours are shown', async () => {
  const file = join(broken, 'references.yaml');
  const [plain, colored] = [await check(file), await check(file, { color: true })];
  expect(plain.stderr).not.toContain('\u001b');
  expect(colored.stderr).toContain('\u001b[31m^');
});
