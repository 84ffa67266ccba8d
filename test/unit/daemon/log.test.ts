import { expect, it } from 'vitest';
import { OperationalLog } from '../../../src/daemon/log.ts';
import type { LogLevel } from '../../../src/foundation/log-level.ts';

/** What a log of this level writes when it is told one line of each. */
function linesAt(level: LogLevel, facts: object = {}) {
  const lines: string[] = [];
  const log = new OperationalLog(level, { write: (text) => lines.push(text.toString()) > 0 });
  log.error(facts, 'an error');
  log.warn(facts, 'a warning');
  log.info(facts, 'a fact');
  log.debug(facts, 'a detail');
  log.trace(facts, 'a trifle');
  return lines;
}

it.each([
  ['error', 1],
  ['warn', 2],
  ['info', 3],
  ['debug', 4],
  ['trace', 5],
] as const)('writes at level %s the %i lines that matter so much', (level, count) => {
  expect(linesAt(level)).toHaveLength(count);
});

it('writes one JSON object per line, the facts between time and message', () => {
  const [line = ''] = linesAt('error', { listener: 'a\nb' });
  expect(line).toMatch(
    /^\{"level":"error","time":"\d{4}-\d\d-\d\dT[\d:.]+Z","listener":"a\\nb","msg":"an error"\}\n$/,
  );
});

it('tells of an error its type, message, stack, code and cause', () => {
  const cause = Object.assign(new TypeError('inner'), { code: 'E_INNER' });
  const [line = ''] = linesAt('error', { err: new Error('outer', { cause }) });
  expect(JSON.parse(line).err).toMatchObject({
    type: 'Error',
    message: 'outer',
    stack: expect.stringContaining('log.test.ts'),
    cause: { type: 'TypeError', message: 'inner', code: 'E_INNER' },
  });
});

it('takes another level, and another destination, at any time', () => {
  const lines: string[] = [];
  const into = (name: string) => ({ write: () => lines.push(name) > 0 });
  const log = new OperationalLog('error', into('first'));
  log.debug({}, 'unseen');
  log.level = 'debug';
  log.debug({}, 'seen');
  expect([log.writes('debug'), log.writes('trace')]).toEqual([true, false]);
  log.destination = into('second');
  log.debug({}, 'seen');
  expect(lines).toEqual(['first', 'second']);
});
