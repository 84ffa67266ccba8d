import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

// `npm run bench:micro`: every benchmark of this folder, one after the other, each in a process of its own: what the
// compiler learned from one must not colour the next. Names as arguments choose some: `npm run bench:micro -- router`.

/** Of this folder, what does not measure anything by itself. */
const helpers = ['heads', 'measure', 'run'];

const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => !helpers.includes(name))
  .toSorted();
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`Cannot run "${unknown}": need ${known.join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : known) {
    process.stdout.write(`\n${name}\n`);
    const file = join(import.meta.dirname, `${name}.ts`);
    const { status } = spawnSync(process.execPath, [file], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}
