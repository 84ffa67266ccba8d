import { expect, it } from 'vitest';
import { inheritedDescriptors } from '../../../src/daemon/inherited.ts';

it('counts from 3', () => {
  expect(inheritedDescriptors({ LISTEN_FDS: '2', LISTEN_PID: '7' }, 7)).toEqual([3, 4]);
  expect(inheritedDescriptors({ LISTEN_FDS: '0', LISTEN_PID: '7' }, 7)).toEqual([]);
});

it('takes nothing that is meant for another process', () => {
  expect(inheritedDescriptors({}, 7)).toEqual([]);
  expect(inheritedDescriptors({ LISTEN_FDS: '1' }, 7)).toEqual([]);
  expect(inheritedDescriptors({ LISTEN_FDS: 'x', LISTEN_PID: '8' }, 7)).toEqual([]);
});

it.each(['', 'x', '-1', '1.5', '1025'])('refuses LISTEN_FDS=%s', (count) => {
  expect(() => inheritedDescriptors({ LISTEN_FDS: count, LISTEN_PID: '7' }, 7)).toThrow(
    `Cannot take over sockets: LISTEN_FDS is "${count}"; needs a number from 0 to 1024`,
  );
});
