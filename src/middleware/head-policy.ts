import { compileEdits, type HeadEditRules, type HeadEdits } from '../http1/head-edits.ts';

/** What a listener does to every head that passes, beside the edits of its routes. */
export interface HeadPolicy {
  /** lb adds itself to Via, in both directions. */
  readonly via: boolean;
  /** Whether clients are told which software the backend runs. */
  readonly server: 'keep' | 'remove';
}

/** Compiles a route's edits together with the listener's policy, so that the policy costs nothing of its own. */
export function compileRequestEdits(rules: HeadEditRules, { via }: HeadPolicy): HeadEdits {
  return compileEdits(rules, via);
}

export function compileResponseEdits(rules: HeadEditRules, policy: HeadPolicy): HeadEdits {
  const remove = policy.server === 'remove' ? [...rules.remove, 'Server'] : rules.remove;
  return compileEdits({ ...rules, remove }, policy.via);
}
