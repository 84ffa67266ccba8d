import { parseState, type State } from './state-document.ts';
import { readBounded, setAside } from './state-file.ts';
import { messageOf, NOTHING_KNOWN, type StateOptions } from './state-options.ts';

/**
 * Reads the state file. One that is of no use is a warning, and never a reason not to start.
 *
 * @returns null when there is nothing to go on with.
 */
export async function readState({ path, log }: ReadOptions): Promise<State | null> {
  try {
    const content = await readBounded(path);
    if (content === null) {
      log.info({ path }, 'there is no state file yet');
      return null;
    }
    const result = content.kind === 'text' ? understand(content.text) : content;
    if (result.kind === 'state') return result.state;
    const kept_as = await setAside(path);
    log.warn({ path, why: result.why, kept_as }, `the state file is ignored: ${NOTHING_KNOWN}`);
  } catch (error) {
    log.warn({ path, why: messageOf(error) }, `cannot read the state file: ${NOTHING_KNOWN}`);
  }
  return null;
}

type ReadOptions = Pick<StateOptions, 'path' | 'log'>;

/** What a text turns out to be. */
type Understood =
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'foreign'; readonly why: string };

function understand(text: string): Understood {
  try {
    return { kind: 'state', state: parseState(text) };
  } catch (error) {
    return { kind: 'foreign', why: messageOf(error) };
  }
}
