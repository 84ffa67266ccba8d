import { describe, expect, it } from 'vitest';
import { ConnectionLimit } from '../../../src/listener/connection-limit.ts';

describe('ConnectionLimit', () => {
  it('admits up to its maximum, and again when somebody has left', () => {
    const limit = new ConnectionLimit(2, 0);
    expect([limit.admit('a'), limit.admit('b'), limit.admit('c')]).toEqual([
      null,
      null,
      'connection_limit',
    ]);
    limit.leave('a');
    expect(limit.admit('c')).toBeNull();
    expect(limit.active).toBe(2);
  });

  it('gives each address its share', () => {
    const limit = new ConnectionLimit(0, 1);
    expect([limit.admit('a'), limit.admit('a'), limit.admit('b')]).toEqual([
      null,
      'too_many_connections',
      null,
    ]);
    limit.leave('a');
    expect(limit.admit('a')).toBeNull();
  });

  it('counts in the wider limit too, and nowhere what it refuses', () => {
    const wider = new ConnectionLimit(2, 1);
    const narrow = new ConnectionLimit(1, 0, wider);
    expect(narrow.admit('a')).toBeNull();
    expect(narrow.admit('b')).toBe('connection_limit');
    expect([narrow.active, wider.active]).toEqual([1, 1]);
    narrow.leave('a');
    expect([narrow.active, wider.active]).toEqual([0, 0]);
    expect(wider.admit('a')).toBeNull();
    expect(narrow.admit('a')).toBe('too_many_connections');
    expect(narrow.active).toBe(0);
    expect(narrow.admit('b')).toBeNull();
  });

  it('goes by new maxima at once, and has counted all along', () => {
    const limit = new ConnectionLimit(0, 0);
    expect([limit.admit('a'), limit.admit('a'), limit.admit('b')]).toEqual([null, null, null]);
    limit.maxPerIp = 2;
    expect([limit.admit('a'), limit.admit('b')]).toEqual(['too_many_connections', null]);
    limit.leave('a');
    expect(limit.admit('a')).toBeNull();
    limit.max = 3;
    expect(limit.admit('c')).toBe('connection_limit');
    for (const address of ['a', 'a', 'b', 'b']) limit.leave(address);
    expect(limit.active).toBe(0);
    expect([limit.admit('a'), limit.admit('a')]).toEqual([null, null]);
  });
});
