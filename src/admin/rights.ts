import type { Access } from '../api/endpoint.ts';

/** What whoever connects to an admin server may do. */
export interface Rights {
  /** Everything, without a token: whoever can open the control socket may do what lb's user may. */
  readonly trusted: boolean;
  /** Look without a token: the address is on loopback. */
  readonly openReads: boolean;
  /** null: none is configured, and nothing can be changed from here. */
  readonly token: string | null;
}

/** Why somebody may not do what they ask for. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/**
 * @param authorization the field of the request; null for none.
 * @returns null when they may.
 */
export function refusalOf(
  access: Access,
  authorization: string | null,
  rights: Rights,
): Refusal | null {
  if (rights.trusted || access === 'open') return null;
  if (access === 'read' && rights.openReads) return null;
  if (access === 'local')
    return { status: 403, message: 'this can only be asked over the control socket' };
  if (rights.token === null) return { status: 403, message: howToAllow(access) };
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) {
    return { status: 401, message: 'this needs the header Authorization: Bearer TOKEN' };
  }
  return isSame(given, rights.token) ? null : { status: 401, message: 'the token is another one' };
}

function howToAllow(access: Access): string {
  const what = access === 'change' ? 'nothing can be changed' : 'this cannot be read';
  return `${what} at this address without a token, and none is configured: set global.admin.token (or token_file) in lb.yaml, or use the control socket`;
}

/** Takes as long whichever character is the first to differ. */
function isSame(given: string, token: string): boolean {
  let difference = given.length ^ token.length;
  for (let at = 0; at < given.length; at++) {
    difference |= given.charCodeAt(at) ^ token.charCodeAt(at % token.length);
  }
  return difference === 0;
}
