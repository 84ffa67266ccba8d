import type { Condition, ConditionKind } from './matcher.ts';

/** One of several methods. Few, so that comparing each is cheaper than hashing what came. */
export const method: ConditionKind = {
  name: 'method',
  compile: ({ methods }) => (methods.length === 0 ? [] : [oneOf(methods)]),
};

function oneOf(methods: readonly string[]): Condition {
  return {
    kind: 'method',
    holds: (head) => methods.includes(head.method),
    describe: (head) => ({ name: '', wanted: methods, found: head.method }),
  };
}
