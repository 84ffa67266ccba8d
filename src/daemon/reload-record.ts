/** What became of reloads; the start counts as the first. */
export class ReloadRecord {
  /** Of the configuration at work, from 1. */
  generation = 1;
  /** Whether the last one ended with the configuration that the file held. */
  succeeded = true;
  /** When it ended, milliseconds since 1970. */
  endedMs = Date.now();
}
