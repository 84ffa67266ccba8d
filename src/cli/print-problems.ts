import { formatProblem, type Problem } from '../config/problem.ts';
import type { Io } from './io.ts';

/** Prints every problem and how many there are. @returns exit code 2: invalid configuration. */
export function printProblems(config: string, problems: readonly Problem[], io: Io): number {
  for (const problem of problems) io.stderr(formatProblem(problem, io.color));
  io.stderr(`${count(problems.length, 'problem')} in ${config}\n`);
  return 2;
}

export function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}
