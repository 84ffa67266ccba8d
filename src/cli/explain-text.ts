import type {
  BackendExplanation,
  Explanation,
  ListenerExplanation,
  PoolExplanation,
  RefusalExplanation,
} from '../api/explanation.ts';
import { cleanMessage } from '../config/problem.ts';
import { columns, wrap } from './layout.ts';

/** For people: what `--json` gives to scripts. */
export function explanationText({ live, listeners }: Explanation): string {
  const parts = listeners.map(listenerText);
  const note = live
    ? ''
    : '\nBy the file alone: every backend counts as well. Without -c a running lb is asked.\n';
  return `${parts.join('\n')}${note}`.split('\n').map(cleanMessage).join('\n');
}

function listenerText(explained: ListenerExplanation): string {
  const { listener, bind, client_ip, routes, refusal, target } = explained;
  const rows = routes.map(({ route, outcome, why }) => [
    outcome === 'matched' ? '*' : ' ',
    route,
    why,
  ]);
  const name = listener === bind ? bind : `${listener} (${bind})`;
  return [
    `listener ${name}, for client ${client_ip === '' ? 'unknown' : client_ip}\n`,
    rows.length === 0 ? '' : `  routes\n${columns(rows, '    ')}`,
    refusal === null ? '' : refusalText(refusal, routes.length > 0),
    target === null ? '' : targetText(target),
  ].join('');
}

/** @param routed the routes have been told, which is all there is to say of `no_route`. */
function refusalText(
  { status, reason, text, cause, cure }: RefusalExplanation,
  routed: boolean,
): string {
  const answer = wrap(`lb itself answers ${status} ${reason}: ${text}`, '  ');
  return routed ? answer : answer + wrap(cause, '    ') + wrap(cure, '    ');
}

function targetText({
  pool,
  algorithm,
  key,
  sticky_cookie,
  choice,
  why,
  backends,
}: PoolExplanation) {
  const how = [
    key === null ? algorithm : `${algorithm} by ${key}`,
    ...(sticky_cookie === null ? [] : [`clients stay by cookie ${sticky_cookie}`]),
  ];
  const isAnybody = backends.some(({ eligible }) => eligible);
  return [
    `  pool ${pool}: ${how.join('; ')}\n`,
    columns(backends.map(backendRow), '    '),
    wrap(`goes to ${choice ?? (isAnybody ? 'one of them' : 'nobody')}: ${why}`, '    '),
  ].join('');
}

function backendRow(explained: BackendExplanation): readonly string[] {
  const { backend, address, eligible, why } = explained;
  const where = backend === address ? [backend] : [backend, address];
  return [where.join(' '), eligible ? 'eligible' : 'not eligible', why];
}
