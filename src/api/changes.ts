import { listOf, number, record, type Shape, text, word } from './shapes.ts';

/** One key that differs, in the words of lb.yaml. A secret is shown as `(secret)`. */
export interface KeyAnswer {
  readonly key: string;
  /** Not there: the key was not. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/** What becomes of one part of the configuration. */
export interface ChangeAnswer {
  readonly kind: 'global' | 'listener' | 'route' | 'pool' | 'backend';
  /** '' for `global`; a route's and a backend's has its listener or pool before it. */
  readonly name: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Empty unless it is `changed`. */
  readonly keys: readonly KeyAnswer[];
}

/** With what it touches now. */
export interface PlannedChange extends ChangeAnswer {
  /** Client connections of the listener, or of the route's. */
  readonly connections: number;
  /** Exchanges and sessions at the pool's backends, or at the backend. */
  readonly in_flight: number;
}

/** Problems are lines as `lb check` prints them, with the place in the file. */
export interface InvalidAnswer {
  readonly outcome: 'invalid';
  readonly problems: readonly string[];
}

export interface FailedAnswer {
  readonly outcome: 'failed';
  readonly message: string;
}

export type ReloadAnswer =
  | {
      readonly outcome: 'changed' | 'unchanged';
      readonly generation: number;
      readonly changes: readonly ChangeAnswer[];
    }
  | InvalidAnswer
  | FailedAnswer;

export type PlanAnswer =
  | { readonly outcome: 'planned'; readonly changes: readonly PlannedChange[] }
  | InvalidAnswer;

const keyShape: Shape = {
  type: 'object',
  additionalProperties: false,
  properties: { key: text, from: {}, to: {} },
  required: ['key'],
};
const change = {
  kind: word('global', 'listener', 'route', 'pool', 'backend'),
  name: text,
  change: word('added', 'changed', 'removed'),
  keys: listOf(keyShape),
};

export const reloadShape = record({
  outcome: word('changed', 'unchanged'),
  generation: number,
  changes: listOf(record(change)),
});
export const planShape = record({
  outcome: word('planned'),
  changes: listOf(record({ ...change, connections: number, in_flight: number })),
});
export const invalidShape = record({ outcome: word('invalid'), problems: listOf(text) });
export const failedShape = record({ outcome: word('failed'), message: text });
