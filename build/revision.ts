import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** What is built, told without a clock: two builds of one commit are the same bytes. */
export interface Revision {
  /** Twelve digits of the commit, with `-dirty` where files differ from it; null where nobody knows. */
  readonly commit: string | null;
  /** When it was committed, seconds since 1970; 0 where nobody knows. */
  readonly seconds: number;
}

/**
 * Asks git. Where there is none, as in the build stage of an image, LB_COMMIT and SOURCE_DATE_EPOCH say it
 * (https://reproducible-builds.org/specs/source-date-epoch/); they go before git.
 */
export function readRevision(env: NodeJS.ProcessEnv): Revision {
  const { LB_COMMIT: commit, SOURCE_DATE_EPOCH: seconds } = env;
  return {
    commit: commit || git('describe', '--always', '--dirty', '--abbrev=12', '--exclude=*') || null,
    seconds: Number(seconds || git('log', '-1', '--format=%ct') || 0),
  };
}

/** @returns what git says, without its line end; '' when there is no git or no checkout. */
function git(...args: readonly string[]): string {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync('git', [...args], {
      cwd: root,
      stdio: [...stdio],
      encoding: 'utf8',
    }).trim();
  } catch {
    return '';
  }
}
