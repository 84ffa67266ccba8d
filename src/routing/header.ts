import type { ConditionKind } from './matcher.ts';

/** A field that must be there with exactly this value; each one is a condition of its own. */
export const header: ConditionKind = {
  compile: ({ headers }) =>
    headers.map(
      ([name, value]) =>
        (head) =>
          head.get(name) === value,
    ),
};
