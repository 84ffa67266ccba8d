import { expect, it } from 'vitest';
import { openFilesLimit, softLimitIn, warnAboutOpenFiles } from '../../../src/daemon/open-files.ts';
import { logInto } from '../../helpers/log-into.ts';
import { snapshotOf } from '../config/parse.ts';

const limits = (open: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax cpu time              unlimited            unlimited            seconds   \nMax open files            ${open}                 4096                 files     \n`;

it('reads the limit of this process', () => {
  expect(softLimitIn(limits('1024'))).toBe(1024);
  expect(softLimitIn(limits('unlimited'))).toBe(Infinity);
  expect(softLimitIn('')).toBe(Infinity);
  expect(openFilesLimit()).toBeGreaterThan(10);
});

it('warns of a configuration that may need more files than there can be', () => {
  const snapshot = snapshotOf(
    'global: { limits: { max_connections: 500 } }\n' +
      'listeners: [{ bind: ":8080", pool: web }]\npools: { web: { backends: ["127.0.0.1:1"] } }\n',
  );
  const lines: object[] = [];
  warnAboutOpenFiles(snapshot, 1101, logInto(lines));
  warnAboutOpenFiles(snapshot, Infinity, logInto(lines));
  expect(lines).toEqual([]);
  warnAboutOpenFiles(snapshot, 1100, logInto(lines));
  expect(lines).toEqual([
    {
      level: 'warn',
      max_connections: 500,
      needed: 1101,
      open_files: 1100,
      msg: expect.stringContaining('raise that limit'),
    },
  ]);
});
