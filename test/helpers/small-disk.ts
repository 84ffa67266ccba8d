import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeTempDir } from './temp-dir.ts';

/** A small file system in memory, for disks that become full; needs root. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves so many bytes. */
  fill(leaveBytes: number): void;
  /** Takes back what `fill` took. */
  free(): void;
}

export function mountSmallDisk(): SmallDisk {
  const path = makeTempDir();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'lb-test', path]);
  // Lazily: lb may still have its log open.
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]));
  const ballast = join(path, 'ballast');
  return {
    path,
    fill(leaveBytes) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - leaveBytes));
    },
    free: () => rmSync(ballast),
  };
}
