/** What one peer costs at each number of connections. */
export interface Line {
  readonly name: string;
  readonly points: readonly { readonly connections: number; readonly cost: number }[];
}

const width = 760;
const height = 440;
const area = { left: 64, right: width - 130, top: 56, bottom: height - 52 } as const;
const labelHeight = 15;
/** Middle tones, as the text's is: at least 3:1 on white and on a dark page, whatever the viewer makes of styles. */
const colors = ['#3b82f6', '#0f9d68', '#d9730d', '#8b5cf6', '#db2777', '#7d8590'] as const;

const style = `
text { font: 13px system-ui, sans-serif; fill: #6f7a86; }
.title { font-weight: 600; font-size: 15px; }
.small { font-size: 12px; }
.grid { stroke: #8b949e; stroke-opacity: 0.4; }`;

/**
 * An SVG of cost against connections, both axes logarithmic, one line for each peer with its name at the end.
 * Without a background: it stands on a light page as on a dark one.
 *
 * @param lines at least one; each with the same numbers of connections, in rising order, and costs above 0.
 */
export function renderPlot(lines: readonly Line[], subtitle: string): string {
  const connections = lines[0]?.points.map((point) => point.connections) ?? [];
  const costs = lines.flatMap(({ points }) => points.map(({ cost }) => cost));
  const ticks = logTicks(Math.min(...costs), Math.max(...costs));
  const x = logScale(connections[0] ?? 1, connections.at(-1) ?? 1, area.left + 20, area.right);
  const y = logScale(ticks[0] ?? 1, ticks.at(-1) ?? 1, area.bottom, area.top);
  const labels = spreadLabels(lines.map(({ points }) => y(points.at(-1)?.cost ?? 1)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>CPU time per request against connections</title><style>${style}\n</style>`,
    `<text class="title" x="${area.left}" y="22">CPU µs per request against keep-alive connections</text>`,
    `<text class="small" x="${area.left}" y="41">${escapeXml(subtitle)}</text>`,
    ...ticks.flatMap((tick) => renderCostTick(tick, y(tick))),
    ...connections.flatMap((count) => renderConnectionsTick(count, x(count))),
    // The first lies on top.
    ...lines.map((line, at) => renderLine(line, at, x, y, labels[at] ?? 0)).reverse(),
    '</svg>',
    '',
  ].join('\n');
}

function renderCostTick(tick: number, y: number): readonly string[] {
  return [
    `<line class="grid" x1="${area.left}" y1="${fixed(y)}" x2="${area.right}" y2="${fixed(y)}"/>`,
    `<text class="small" x="${area.left - 8}" y="${fixed(y + 4)}" text-anchor="end">${tick}</text>`,
  ];
}

function renderConnectionsTick(count: number, x: number): readonly string[] {
  const label = count.toLocaleString('en-US');
  return [
    `<line class="grid" x1="${fixed(x)}" y1="${area.bottom}" x2="${fixed(x)}" y2="${area.bottom + 5}"/>`,
    `<text class="small" x="${fixed(x)}" y="${area.bottom + 21}" text-anchor="middle">${label}</text>`,
  ];
}

function renderLine(
  { name, points }: Line,
  at: number,
  x: (connections: number) => number,
  y: (cost: number) => number,
  labelY: number,
): string {
  const color = colors[at % colors.length];
  const places = points.map(({ connections, cost }) => [fixed(x(connections)), fixed(y(cost))]);
  return [
    `<polyline points="${places.join(' ')}" fill="none" stroke="${color}" stroke-width="${at === 0 ? 3.5 : 2}"/>`,
    ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}"/>`),
    `<line x1="${area.right + 8}" y1="${fixed(labelY)}" x2="${area.right + 22}" y2="${fixed(labelY)}" stroke="${color}" stroke-width="3"/>`,
    `<text x="${area.right + 28}" y="${fixed(labelY + 4)}">${escapeXml(name)}</text>`,
  ].join('\n');
}

/** 1, 2 and 5 times powers of ten, from the last that is not above `min` to the first that is not below `max`. Both are above 0. */
export function logTicks(min: number, max: number): readonly number[] {
  const ticks: number[] = [];
  for (
    let power = Math.floor(Math.log10(min));
    ticks.at(-1) === undefined || ticks.at(-1)! < max;
    power++
  ) {
    for (const digit of [1, 2, 5]) {
      const tick = Number((digit * 10 ** power).toPrecision(1));
      if (tick <= min) ticks.splice(0, ticks.length, tick);
      else if ((ticks.at(-1) ?? 0) < max) ticks.push(tick);
    }
  }
  return ticks;
}

function logScale(from: number, to: number, start: number, end: number): (value: number) => number {
  const span = Math.log(to) - Math.log(from);
  return (value) =>
    span === 0 ? start : start + ((Math.log(value) - Math.log(from)) / span) * (end - start);
}

/** Moves labels down that would stand on the one above; in the order of `wanted`. */
export function spreadLabels(wanted: readonly number[]): readonly number[] {
  const order = wanted.map((_, at) => at).sort((a, b) => wanted[a]! - wanted[b]!);
  const places = [...wanted];
  for (let rank = 1; rank < order.length; rank++) {
    const above = places[order[rank - 1]!]!;
    places[order[rank]!] = Math.max(places[order[rank]!]!, above + labelHeight);
  }
  return places;
}

const fixed = (value: number): string => value.toFixed(1);

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
