import { unreachable } from '../foundation/unreachable.ts';
import type { Precedence, Verdict } from '../routing/verdicts.ts';
import { quote } from './problem.ts';

const MAX_LISTED = 5;

/** Why a route does, or does not, get a request: for people, in one line. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.outcome) {
    case 'matched':
      return 'it takes the request';
    case 'outranked':
      return `a more specific route wins: ${precedenceText(verdict.precedence)}`;
    case 'missed':
      return missText(verdict);
    default:
      return unreachable(verdict);
  }
}

function precedenceText(precedence: Precedence): string {
  switch (precedence.by) {
    case 'host':
      return `host ${quote(precedence.winner)} goes before ${quote(precedence.loser)}`;
    case 'path':
      return `path ${quote(precedence.winner)} goes before ${quote(precedence.loser || '/')}`;
    case 'conditions':
      return 'it demands more of the request';
    case 'order':
      return 'it stands first in the file';
    default:
      return unreachable(precedence);
  }
}

function missText({ at, name, wanted, found }: Extract<Verdict, { outcome: 'missed' }>): string {
  const allowed = oneOf(wanted);
  switch (at) {
    case 'host':
      return found === ''
        ? `there is no host, and it needs ${allowed}`
        : isNot('host', found, allowed);
    case 'path':
      return `path ${quote(found ?? '')} is not below ${allowed}`;
    case 'method':
      return isNot('method', found, allowed);
    case 'header':
      return found === null
        ? `there is no header ${name}, and it needs ${allowed}`
        : isNot(`header ${name}`, found, allowed);
    default:
      return unreachable(at);
  }
}

function isNot(what: string, found: string | null, allowed: string): string {
  return `${what} is ${quote(found ?? '')}, not ${allowed}`;
}

function oneOf(texts: readonly string[]): string {
  const more = texts.length > MAX_LISTED ? ', …' : '';
  return texts.slice(0, MAX_LISTED).map(quote).join(' or ') + more;
}
