import { renderState } from '../../src/state/state-document.ts';
import { replaceFile } from '../../src/state/state-file.ts';

/*
 * A program: writes one state after the other to the path it is given, as fast as it can, until it is killed, and says so
 * on standard output after each. The states are of all lengths up to some megabytes, and each says how long it is.
 */
const [, , path = ''] = process.argv;
const texts = [1, 10, 3000, 30, 8000, 500].map((count) =>
  renderState({
    writtenMs: 0,
    overlay: [],
    backends: Array.from({ length: count }, (_, index) => ({
      pool: `of ${count}`,
      backend: `b${index}`,
      address: `10.0.0.1:${index}`,
      observed: { value: false, why: 'refused '.repeat(60), sinceMs: 0 },
      ejected: null,
      ordered: null,
    })),
  }),
);
for (;;) {
  for (const text of texts) {
    await replaceFile(path, text);
    process.stdout.write('.');
  }
}
