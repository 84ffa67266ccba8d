import type { ConditionKind } from './matcher.ts';

/** A field that must be there with exactly this value; each one is a condition of its own. */
export const header: ConditionKind = {
  name: 'header',
  compile: ({ headers }) =>
    headers.map(([name, value]) => ({
      kind: 'header',
      holds: (head) => head.get(name) === value,
      describe: (head) => ({ name, wanted: [value], found: head.get(name) }),
    })),
};
