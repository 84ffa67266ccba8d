import type { LiveDaemon, Places } from './live-daemon.ts';

/** A value of lb.yaml, or a function of {@link Places} that makes one. */
export type Value = unknown;

/** One key of lb.yaml, and how to see that a reload has changed it. */
export interface KeyChange {
  /** As docs/configuration.md writes it; of the first listener, its first route, pool `app` and its first backend. */
  readonly key: string;
  /** Before the reload; not given: it is not there, so the default. */
  readonly from?: Value;
  /** After it. */
  readonly to: Value;
  /** Other keys that have these values before and after. */
  readonly with?: Readonly<Record<string, Value>>;
  /** The second listener is meant, which is for TCP. */
  readonly ofTcp?: true;
  /** Before the reload. */
  readonly prepare?: (live: LiveDaemon) => unknown;
  /** Looks where the key acts: sees `is` once the reload has happened, and not before. */
  readonly see: (live: LiveDaemon) => unknown;
  readonly is: unknown;
  /** `see` changes what it looks at, so it looks only afterwards. */
  readonly once?: true;
}

/** For a path that starts in the folder of the test. */
export const inFolder = (name: string) => (places: Places) => `${places.folder}/${name}`;
export const socket = (name: string) => (places: Places) => `unix:${places.folder}/${name}`;
