import type { Reason } from '../foundation/reason.ts';
import { fieldSet } from '../http1/field-names.ts';
import type { RequestHead } from '../http1/request-head.ts';

const EXPECT = fieldSet('expect');

/**
 * What a well-formed request may still be refused for, before any backend sees it.
 *
 * @param maxBodyBytes 0: no limit.
 */
export function refusalOf(head: RequestHead, maxBodyBytes: number): Reason | null {
  if (maxBodyBytes > 0 && head.bodyLength > maxBodyBytes) return 'body_too_large';
  if (head.maxForwards === 0) return 'max_forwards';
  if ((head.parser.fields.seen & EXPECT) === 0) return null;
  return head.get('expect')?.toLowerCase() === '100-continue' ? null : 'expectation_failed';
}

/** @param head one that `refusalOf` has let pass. HTTP/1.0 clients do not wait, whatever they say. */
export function expectsContinue(head: RequestHead): boolean {
  const { fields, minorVersion } = head.parser;
  return (fields.seen & EXPECT) !== 0 && minorVersion > 0;
}
