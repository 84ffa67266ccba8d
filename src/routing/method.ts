import type { ConditionKind } from './matcher.ts';

/** One of several methods. Few, so that comparing each is cheaper than hashing what came. */
export const method: ConditionKind = {
  compile: ({ methods }) => (methods.length === 0 ? [] : [(head) => methods.includes(head.method)]),
};
