/** The peer under measurement, as a scenario sees it. */
export interface Target {
  /** First process of the peer; its children count as the peer too. */
  readonly pid: number;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Where the peer writes its access log; exists from the start and only grows. */
  readonly accessLog: string;
}

/** One peer in one round. */
export interface Measurement {
  /** What is compared between peers; less is better. In the unit that `costTitle` names. */
  readonly cost: number;
  /** One figure for each of the scenario's `details`, by key. */
  readonly details: Readonly<Record<string, number>>;
  /** What went wrong, such as `3 responses with status >= 400`. Any entry voids the peer's row. */
  readonly errors: readonly string[];
}

/** A further column of the table. */
export interface Detail {
  readonly key: string;
  readonly title: string;
  /** Digits after the decimal point. */
  readonly digits: number;
}

/** One kind of traffic and what is counted under it. */
export interface Scenario {
  /** As `--scenario` spells it. */
  readonly name: string;
  /** One line: what the clients do. */
  readonly summary: string;
  /** Column title of `cost`, with its unit. */
  readonly costTitle: string;
  readonly details: readonly Detail[];
  /** Rejects, saying why, when the peer does not do the job that would be measured. */
  verify(target: Target, signal: AbortSignal): Promise<void>;
  /** Loads the peer for `seconds`. Also the warm-up, whose result is thrown away. */
  measure(target: Target, seconds: number, signal: AbortSignal): Promise<Measurement>;
}
