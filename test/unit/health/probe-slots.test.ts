import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ProbeSlots, type SlotUser } from '../../../src/health/probe-slots.ts';

const MAX = 3;

/** Somebody who enters, begins, and leaves; or withdraws before. */
class User implements SlotUser {
  state: 'away' | 'waiting' | 'probing' = 'away';
  readonly #began: (user: User) => void;

  constructor(began: (user: User) => void) {
    this.#began = began;
  }

  begin(): void {
    expect(this.state).toBe('waiting');
    this.state = 'probing';
    this.#began(this);
  }
}

/** What each step does depends on the state that its user is in; `withdraws` tells the two ends of waiting apart. */
const steps = fc.array(fc.record({ at: fc.nat(7), withdraws: fc.boolean() }), { maxLength: 60 });

it('has never more probing than it has slots, none free while somebody waits, and begins in order', () => {
  fc.assert(
    fc.property(steps, (run) => {
      const slots = new ProbeSlots(MAX);
      let line: User[] = [];
      const users = Array.from(
        { length: 8 },
        () =>
          new User((user) => {
            expect(user, 'the first in line').toBe(line.shift());
          }),
      );
      for (const { at, withdraws } of run) {
        const user = users[at]!;
        if (user.state === 'away') {
          user.state = 'waiting';
          line.push(user);
          slots.enter(user);
        } else if (user.state === 'probing') {
          user.state = 'away';
          slots.leave();
        } else if (withdraws) {
          user.state = 'away';
          line = line.filter((each) => each !== user);
          slots.withdraw(user);
        }
        const probing = users.filter(({ state }) => state === 'probing').length;
        expect(probing).toBe(Math.min(MAX, probing + line.length));
      }
    }),
  );
});
