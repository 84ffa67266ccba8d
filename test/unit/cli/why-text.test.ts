import { expect, it } from 'vitest';
import { columns, wrap } from '../../../src/cli/layout.ts';
import { exchangeText, listText, reasonText } from '../../../src/cli/why-text.ts';
import { exchangeReport } from '../../../src/daemon/exchange-report.ts';
import { type Reason, reasons } from '../../../src/foundation/reason.ts';
import { keep } from '../../../src/why/kept-exchange.ts';
import { makeRecord } from '../why/make-record.ts';

const hostile = exchangeReport(
  keep(
    makeRecord({
      requestId: 'x'.repeat(32),
      reason: 'no_route',
      status: 404,
      path: '/\u009b31m\u001b[2J',
      userAgent: 'a\r\nb\u0085',
    }),
    0,
    '',
  ),
);

it('writes nothing to the terminal but text, whatever a client has sent', () => {
  const list = listText({ entries: 10, slow_ms: 1000, exchanges: [hostile] });
  for (const text of [list, exchangeText(hostile)]) {
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  }
});

it.each(Object.keys(reasons) as Reason[])('tells about %s in 80 columns', (reason) => {
  for (const line of reasonText(reason).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it('wraps at spaces and leaves long words whole', () => {
  const long = 'w'.repeat(100);
  expect(wrap(`a ${long} b`, '  ')).toBe(`  a\n  ${long}\n  b\n`);
  expect(columns([['a', 'b'.repeat(50), `${'c '.repeat(20)}d`]], '')).toBe(
    `a  ${'b'.repeat(50)}  ${'c '.repeat(19)}c\n${' '.repeat(40)}d\n`,
  );
});
