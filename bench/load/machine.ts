import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where a result comes from, for those who compare it with theirs. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  /** Runnable processes over the last minute, before the run began: above 0.2, others were at work. */
  readonly loadAverage: number;
}

export interface Checkout {
  /** Short hash; `unknown` outside a git checkout. */
  readonly commit: string;
  /** Files were changed since that commit. */
  readonly dirty: boolean;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 1024 ** 2),
    kernel: `${type()} ${release()}`,
    loadAverage: loadavg()[0] ?? 0,
  };
}

export function describeCheckout(): Checkout {
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === null) return { commit: 'unknown', dirty: false };
  return { commit, dirty: git('status', '--porcelain', '--', 'src', 'bench/load') !== '' };
}

function git(...args: readonly string[]): string | null {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('git', ['-C', '../..', ...args], options).trim();
  } catch {
    return null; // no git here, or no checkout
  }
}
