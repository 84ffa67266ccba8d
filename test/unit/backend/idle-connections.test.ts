import { describe, expect, it } from 'vitest';
import { type IdleConnection, IdleConnections } from '../../../src/backend/idle-connections.ts';

class TestConnection implements IdleConnection {
  idleSinceMs = -1;
  closed = false;

  close(): void {
    this.closed = true;
  }
}

/** A pool with connections that have been put there at the given times. */
function poolWith(...times: readonly number[]) {
  const idle = new IdleConnections(8);
  const connections = times.map((nowMs) => {
    const connection = new TestConnection();
    expect(idle.put(connection, nowMs)).toBe(true);
    return connection;
  });
  return { idle, connections };
}

describe('IdleConnections', () => {
  it('gives out the one that was used last', () => {
    const { idle, connections } = poolWith(0, 10, 20);
    expect(idle.take(30)).toBe(connections[2]);
    expect(idle.take(30)).toBe(connections[1]);
    expect(idle.size).toBe(1);
  });

  it('takes no more than it may', () => {
    const idle = new IdleConnections(1);
    expect(idle.put(new TestConnection(), 0)).toBe(true);
    expect(idle.put(new TestConnection(), 0)).toBe(false);
  });

  it('takes none for a backend that keeps none', () => {
    const idle = new IdleConnections(8);
    idle.limit.announce(0);
    expect(idle.put(new TestConnection(), 0)).toBe(false);
  });

  it('gives out none that the backend may be closing, and closes them all', () => {
    const { idle, connections } = poolWith(0, 200);
    idle.limit.announce(1);
    expect(idle.take(999)).toBe(connections[1]);
    idle.put(connections[1]!, 1000);
    expect(idle.take(1800)).toBeNull();
    expect(connections.map(({ closed }) => closed)).toEqual([true, true]);
    expect(idle.size).toBe(0);
  });

  it('learns from the close of the one that has been idle longest', () => {
    const { idle, connections } = poolWith(0, 500);
    idle.lose(connections[0]!, 1000);
    expect(idle.limit.ms(1000)).toBe(800);
    expect(idle.size).toBe(1);
  });

  it('learns nothing from the close of another: a limit meets the oldest first', () => {
    const { idle, connections } = poolWith(0, 500);
    idle.lose(connections[1]!, 1000);
    expect(idle.limit.ms(1000)).toBe(Infinity);
    expect(idle.size).toBe(1);
  });
});
