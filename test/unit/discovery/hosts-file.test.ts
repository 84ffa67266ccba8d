import { expect, it } from 'vitest';
import { isInHostsFile } from '../../../src/discovery/hosts-file.ts';

const text = '# the usual\n127.0.0.1\tlocalhost loop\n10.0.0.1 API.internal api # db.internal\n';

it.each(['localhost', 'loop', 'api.internal', 'api.internal.', 'api'])('has %s', (host) => {
  expect(isInHostsFile(text, host)).toBe(true);
});

it.each(['db.internal', '10.0.0.1', 'internal', 'the', ''])('has not %j', (host) => {
  expect(isInHostsFile(text, host)).toBe(false);
});
