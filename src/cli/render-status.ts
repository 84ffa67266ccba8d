import type {
  BackendStatus,
  Drift,
  ListenerStatus,
  PoolStatus,
  RecentTraffic,
  Status,
} from '../api/status.ts';
import { cleanMessage } from '../config/problem.ts';
import { count } from './print-problems.ts';

/** Fits a terminal of this many columns. */
const WIDTH = 80;

type Paint = (text: string) => string;

interface Palette {
  readonly bold: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly odd: Paint;
  readonly faint: Paint;
}

const plainly: Paint = (text) => text;
const PLAIN: Palette = { bold: plainly, good: plainly, bad: plainly, odd: plainly, faint: plainly };
const painted =
  (code: number): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`;
const COLORED: Palette = {
  bold: painted(1),
  good: painted(32),
  bad: painted(31),
  odd: painted(33),
  faint: painted(2),
};

/** What `lb status` prints. @param nowMs milliseconds since 1970. */
export function renderStatus(status: Status, color: boolean, nowMs: number): string {
  const palette = color ? COLORED : PLAIN;
  const parts = [
    renderHead(status, palette, nowMs),
    renderListeners(status.listeners, palette),
    ...status.pools.map((pool) => renderPool(pool, palette, nowMs)),
    renderDrift(status.drift, palette, nowMs),
    renderLeaving(status, palette),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function renderHead(
  status: Status,
  { bold, good, bad }: Palette,
  nowMs: number,
): readonly string[] {
  const { version, pid, generation, connections, reload, why } = status;
  const state = why === null ? good('ready') : bad('not ready');
  const ago = lasted(nowMs - Date.parse(reload.ended));
  const outcome = reload.succeeded
    ? `last reload ${ago} ago`
    : bad(`last reload failed ${ago} ago`);
  return [
    `${bold(`lb ${version}`)}  ${state}  up ${lasted(status.uptime_seconds * 1000)}  pid ${pid}`,
    `generation ${generation}, ${outcome}, ${connections.active} of ${connections.max} connections`,
    ...(why === null ? [] : [bad(cut(`not ready for traffic: ${why}`, WIDTH))]),
  ];
}

function renderListeners(all: readonly ListenerStatus[], { bold }: Palette): readonly string[] {
  const head = bold(row(['LISTENER', 24], ['ADDRESS', 30], ['PROTOCOL', 10], ['CONNECTIONS', -12]));
  return [head, ...all.flatMap(renderListener)];
}

function renderListener(listener: ListenerStatus): readonly string[] {
  const { name, address, protocol, connections, routes } = listener;
  return [
    row([name, 24], [address, 30], [protocol, 10], [`${connections}`, -12]),
    ...routes.map(({ match, pool, name: route }) => {
      const way = match === '' ? pool : `${match} → ${pool}`;
      return cut(`  ${way}${route === pool ? '' : `  (${route})`}`, WIDTH);
    }),
  ];
}

function renderPool(pool: PoolStatus, palette: Palette, nowMs: number): readonly string[] {
  const { name, algorithm, eligible, backends, queue } = pool;
  const { bold, bad } = palette;
  const share = `${eligible} of ${backends.length} take new traffic`;
  const facts = [
    eligible === 0 ? bad(share) : share,
    algorithm,
    ...(queue === 0 ? [] : [palette.odd(`${queue} wait`)]),
  ];
  const columns = row(
    ['  BACKEND', 25],
    ['STATE', 12],
    ['WEIGHT', -7],
    ['ACTIVE', -7],
    ['REQ/S', -8],
    ['P50', -7],
    ['P99', -7],
    ['SINCE', -7],
  );
  return [
    `${bold(`POOL ${name}`)}  ${facts.join(', ')}`,
    palette.faint(columns),
    ...backends.flatMap((backend) => renderBackend(backend, palette, nowMs)),
  ];
}

function renderBackend(backend: BackendStatus, palette: Palette, nowMs: number): readonly string[] {
  const { name, state, weight, in_flight, recent, since } = backend;
  const [first, ...rest] = [
    [`  ${name}`, 25],
    [backend.backup && state === 'up' ? 'up, backup' : state, 12],
  ] as const;
  const cells = row(
    [`${weight}`, -7],
    [`${in_flight}`, -7],
    [rate(recent), -8],
    [milliseconds(recent.p50_ms), -7],
    [milliseconds(recent.p99_ms), -7],
    [lasted(nowMs - Date.parse(since)), -7],
  );
  const line = row(first) + paintOf(backend, palette)(row(...rest)) + cells;
  const why = whyOf(backend);
  return why === '' ? [line] : [line, palette.faint(cut(`      ${why}`, WIDTH))];
}

function paintOf({ state }: BackendStatus, { good, bad, odd }: Palette): Paint {
  if (state === 'up') return good;
  return state === 'down' || state === 'ejected' ? bad : odd;
}

/** Nothing for one that does what it should. */
function whyOf({ state, why, order, ejections }: BackendStatus): string {
  const often = ejections === 0 ? '' : `; ejected ${count(ejections, 'time')} so far`;
  if (state === 'up') return '';
  if (order !== null && order.order === state) {
    return `${why === '' ? 'ordered' : why} (${order.who})`;
  }
  return why + often;
}

function renderDrift(drift: readonly Drift[], palette: Palette, nowMs: number): readonly string[] {
  if (drift.length === 0) return [];
  const lines = drift.map(({ pool, backend, what, who, why, since }) => {
    const when = `${who}, ${lasted(nowMs - Date.parse(since))} ago`;
    return cut(`  ${pool}/${backend}: ${what} (${when})${why === '' ? '' : `: ${why}`}`, WIDTH);
  });
  return [`${palette.bold('OTHER THAN THE FILE')}  lb reset POOL/BACKEND undoes it`, ...lines];
}

function renderLeaving({ leaving }: Status, { bold }: Palette): readonly string[] {
  if (leaving.length === 0) return [];
  const lines = leaving.map(({ kind, name, in_flight }) => {
    return cut(`  ${kind} ${name}: ${in_flight} in flight`, WIDTH);
  });
  return [bold('DRAINING'), ...lines];
}

type Cell = readonly [text: string, width: number];

/** @param cells a negative width stands for text to the right. */
function row(...cells: readonly Cell[]): string {
  return cells
    .map(([text, width]) =>
      width < 0 ? text.padStart(-width) : `${cut(text, width - 1)}`.padEnd(width),
    )
    .join('');
}

/** What checks and people say must not write to the terminal but for what it is. */
function cut(said: string, width: number): string {
  const text = cleanMessage(said);
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

function rate({ per_second }: RecentTraffic): string {
  if (per_second === 0) return '-';
  return per_second < 100 ? per_second.toFixed(1) : per_second.toFixed(0);
}

function milliseconds(ms: number | null): string {
  if (ms === null) return '-';
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)}s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)}s`;
  return ms < 10 ? `${ms.toFixed(1)}ms` : `${ms.toFixed(0)}ms`;
}

/** In the largest unit that says enough: `45s`, `12m`, `3h`, `9d`. */
function lasted(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
