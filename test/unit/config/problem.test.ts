import { expect, it } from 'vitest';
import {
  compareProblems,
  excerptOf,
  fileProblem,
  formatProblem,
  type Problem,
  quote,
} from '../../../src/config/problem.ts';

const problem: Problem = {
  file: 'lb.yaml',
  line: 12,
  column: 5,
  message: 'listeners[0].porotcol: unknown key; did you mean "protocol"?',
  excerpt: excerptOf('    porotcol: http', 5),
};

it('shows place, message, source line and a caret under the spot', () => {
  expect(formatProblem(problem, false)).toBe(
    [
      'lb.yaml:12:5: listeners[0].porotcol: unknown key; did you mean "protocol"?',
      '  12 |     porotcol: http',
      '     |     ^',
      '',
    ].join('\n'),
  );
});

it('shows only the file where no line is meant', () => {
  expect(formatProblem(fileProblem('lb.yaml', 'cannot be read'), false)).toBe(
    'lb.yaml: cannot be read\n',
  );
});

it('adds colours and nothing else when asked to', () => {
  const colored = formatProblem(problem, true);
  expect(colored).toContain('\u001b[31m^\u001b[0m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(formatProblem(problem, false));
});

it('cuts a long line down to what stands around the caret', () => {
  const { text, caret } = excerptOf(`${'a'.repeat(5000)}!${'b'.repeat(5000)}`, 5001);
  expect(text.length).toBeLessThan(110);
  expect(text[caret]).toBe('!');
  expect(text).toMatch(/^…a+!b+…$/);
});

it('lets nothing through to the terminal that could move its cursor or reorder its text', () => {
  expect(excerptOf('a\u001b[31m\tb\u202ec', 1).text).toBe('a·[31m b·c');
  expect(quote('a\u009b\n\u202eb')).toBe('"a·\\n·b"');
  expect(quote('x'.repeat(100_000)).length).toBeLessThan(100);
});

it('sorts by line, then column', () => {
  const at = (line: number, column: number): Problem => ({ ...problem, line, column });
  const sorted = [at(2, 1), at(10, 1), at(2, 10), at(0, 0)].toSorted(compareProblems);
  expect(sorted.map(({ line, column }) => [line, column])).toEqual([
    [0, 0],
    [2, 1],
    [2, 10],
    [10, 1],
  ]);
});
