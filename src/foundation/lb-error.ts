export type LbErrorCode =
  | 'CONFIG_INVALID'
  | 'LISTEN_FAILED'
  | 'OUTPUT_FAILED'
  | 'STOPPING'
  | 'USAGE'
  /** A request to the API that cannot be understood. */
  | 'REQUEST_INVALID'
  /** There is no pool, backend or exchange of that name. */
  | 'NAME_UNKNOWN'
  /** It cannot be done as things are. */
  | 'CONFLICT'
  /** As many do it already as may. */
  | 'BUSY'
  /** No lb answers at the control socket, or not in time. */
  | 'NO_ANSWER';

/** A failure at a boundary: command line, configuration, listening, orders. Never thrown while parsing peer bytes or picking. */
export class LbError extends Error {
  override readonly name = 'LbError';
  readonly code: LbErrorCode;

  constructor(code: LbErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
