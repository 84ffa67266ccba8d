/** What is measured about one name that backends are at. */
export interface NameReadings {
  readonly host: string;
  /** Empty before it has resolved. */
  readonly addresses: readonly string[];
  /** Resolutions that gave addresses. */
  readonly answers: number;
  readonly failures: number;
}
