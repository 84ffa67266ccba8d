import { header } from './header.ts';
import type { ConditionKind } from './matcher.ts';
import { method } from './method.ts';

/** Every kind of condition, the weightiest first: among routes of one host and path, more of an earlier kind win. */
export const conditionKinds: readonly ConditionKind[] = [header, method];
