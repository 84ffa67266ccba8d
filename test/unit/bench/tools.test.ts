import { expect, it } from 'vitest';
import { findTool, parseVersion } from '../../../bench/load/tools.ts';

it.each([
  ['nginx version: nginx/1.22.1', '1.22.1'],
  ['HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/', '2.6.12'],
  ['wrk debian/4.1.0-3+b2 [epoll] Copyright (C) 2012', '4.1.0'],
  ['no number here', 'unknown'],
])('reads the version out of %j', (text, version) => {
  expect(parseVersion(text)).toBe(version);
});

it('finds what is installed and says null for what is not', () => {
  expect(findTool('node', '--version')).toEqual({
    command: 'node',
    version: expect.stringMatching(/^\d+\.\d+/),
  });
  expect(findTool('lb-bench-no-such-program', '--version')).toBeNull();
});
