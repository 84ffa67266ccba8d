import { Backend, type Order } from '../../../src/backend/backend.ts';
import { TimerWheel } from '../../../src/foundation/timer-wheel.ts';
import { BackendHealth, type StateChange } from '../../../src/health/backend-health.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

/** A clock and its wheel, moved by hand in ticks so that what one deadline sets off can set the next. */
export class TestTime {
  readonly clock = new ManualClock();
  readonly wheel = new TimerWheel(this.clock);

  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      this.clock.pass(Math.min(100, ms - passed));
      this.wheel.advance();
    }
  }
}

export interface TestHealth {
  readonly health: BackendHealth;
  readonly changes: StateChange[];
  refreshes: number;
}

export function makeHealth(time: TestTime, name = 'b1', host = '127.0.0.1'): TestHealth {
  const changes: StateChange[] = [];
  const address = { kind: 'tcp', host, port: 1 } as const;
  const made: TestHealth = {
    changes,
    refreshes: 0,
    health: new BackendHealth(new Backend(name, 'pool', address, 0), {
      refresh: () => {
        made.refreshes++;
      },
      onProbe: () => undefined,
      onChange: (change) => changes.push(change),
      wallClock: () => time.clock.now(),
    }),
  };
  return made;
}

export const orders: readonly Order[] = ['ready', 'draining', 'maintenance'];
