/** One message as a parser understood it. All text is latin1: one character per byte. */
export interface Message {
  /** Method and raw target, or the status. */
  readonly start: string;
  /** Whom a request is for: lower case, without port. '' for a response. */
  readonly host: string;
  /** Names and values by turns, in order. */
  readonly fields: readonly string[];
  body: string;
  /** Names and values by turns. */
  trailers: readonly string[];
  /** Its end has been found. */
  complete: boolean;
}

/** What one parser made of an input. */
export interface Reading {
  readonly messages: readonly Message[];
  /** `open`: more bytes are awaited. `closed`: there will be no further message, rightly. `refused`: see `why`. */
  readonly ending: 'open' | 'closed' | 'refused';
  /** Our reason or llhttp's code; '' unless refused. */
  readonly why: string;
}
