import { setImmediate as nextTurn } from 'node:timers/promises';

/** With what its user makes of a slice about two: a turn of the event loop under load takes as long. */
const SLICE_MS = 1;

/**
 * Goes through many parts in slices, between which the event loop does everything else: a thousand backends are
 * 20 ms of work, which nobody's request shall wait for.
 *
 * @param parts each made when it is asked for.
 */
export async function* inSlices<Part>(parts: Iterable<Part>): AsyncGenerator<readonly Part[]> {
  let slice: Part[] = [];
  let endMs = performance.now() + SLICE_MS;
  for (const part of parts) {
    slice.push(part);
    if (performance.now() < endMs) continue;
    yield slice;
    slice = [];
    await nextTurn();
    endMs = performance.now() + SLICE_MS;
  }
  yield slice;
}
