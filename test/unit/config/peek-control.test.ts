import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { peekControl } from '../../../src/config/peek-control.ts';
import { makeTempDir } from '../../helpers/temp-dir.ts';

function peek(text: string): Promise<string> {
  const file = join(makeTempDir(), 'lb.yaml');
  writeFileSync(file, text);
  return peekControl(file, { FOLDER: '/run/x' });
}

it.each([
  ['a whole file', 'global: { control: /run/a.sock }\nlisteners: []\n', '/run/a.sock'],
  [
    'a file with mistakes',
    'global: { control: "${FOLDER}/b.sock", log: 5 }\npolls: {}\n',
    '/run/x/b.sock',
  ],
  ['off', 'global: { control: off }\n', 'off'],
  ['a file that says nothing of it', 'listeners: []\n', 'auto'],
  ['a value that is none', 'global: { control: lb.sock }\n', 'auto'],
  ['a value of another type', 'global: { control: [1] }\nlisteners: 4\n', 'auto'],
  ['a variable that is not set', 'global: { control: "${NOPE}" }\n', 'auto'],
  ['what is no YAML', 'global: { control: /run/a.sock\n', 'auto'],
  ['what is no text', '\xff\xfe\x00', 'auto'],
  ['nothing', '', 'auto'],
])('reads where the socket is from %s', async (_what, text, said) => {
  expect(await peek(text)).toBe(said);
});

it('reads it from no file', async () => {
  expect(await peekControl('/missing/lb.yaml', {})).toBe('auto');
});
