import { type Log, OperationalLog } from '../../src/daemon/log.ts';

/** A log whose lines are pushed as they are parsed, without their times; at level info unless the test sets another. */
export function logInto(lines: object[]): Log {
  const write = (text: Buffer) => {
    const { time: _time, ...line } = JSON.parse(text.toString());
    lines.push(line);
    return true;
  };
  return new OperationalLog('info', { write });
}
