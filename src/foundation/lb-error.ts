export type LbErrorCode =
  | 'CONFIG_INVALID'
  | 'LISTEN_FAILED'
  | 'OUTPUT_FAILED'
  | 'STOPPING'
  | 'USAGE';

/** A failure at a boundary: command line, configuration, listening. Never thrown while parsing peer bytes or picking. */
export class LbError extends Error {
  override readonly name = 'LbError';
  readonly code: LbErrorCode;

  constructor(code: LbErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
