import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** How Node runs lb: as the first line of lb.cjs has it, and without a word on that `vm` may change how it imports. */
const NODE_OPTIONS = ['--no-maglev', '--disable-warning=ExperimentalWarning'];

/** The main script; its name is written into the executable. */
const MAIN = 'load-assets.cjs';

/**
 * Puts the bundle and Node into one file that needs nothing but libc, libstdc++ and libatomic.
 *
 * @param from folder of the bundle.
 * @param to path of the executable.
 * @param node the Node inside, maybe for another processor; of the very version that runs this.
 */
export function makeExecutable(from: string, to: string, node: string = process.execPath): void {
  const folder = mkdtempSync(join(tmpdir(), 'lb-build-'));
  try {
    const files = readdirSync(from).filter((file) => file.endsWith('.cjs'));
    for (const file of files) copyFileSync(join(from, file), join(folder, file));
    copyFileSync(join(root, 'build', MAIN), join(folder, MAIN));
    const config = {
      main: MAIN,
      output: 'lb',
      executable: node,
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false, // bound to one processor and one V8, and no sooner
      execArgv: NODE_OPTIONS,
      assets: Object.fromEntries(files.map((file) => [file, file])),
    };
    writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
    execFileSync(process.execPath, ['--build-sea', 'sea.json'], { cwd: folder, stdio: 'pipe' });
    // A running lb keeps its file; the name gets a new one.
    rmSync(to, { force: true });
    copyFileSync(join(folder, 'lb'), to);
    chmodSync(to, 0o755);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  makeExecutable(join(root, 'dist'), join(root, 'dist/lb'));
}
