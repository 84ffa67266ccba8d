import { LbError, type LbErrorCode } from '../foundation/lb-error.ts';
import type { ApiAnswer, ApiRequest, Endpoint } from './endpoint.ts';
import type { Operator } from './operator.ts';

const statuses: Readonly<Partial<Record<LbErrorCode, number>>> = {
  REQUEST_INVALID: 400,
  NAME_UNKNOWN: 404,
  CONFLICT: 409,
  LISTEN_FAILED: 409,
  OUTPUT_FAILED: 409,
  BUSY: 503,
  STOPPING: 503,
};

/** Asks an endpoint; what it refuses is an answer, too. Rejects for faults of lb only. */
export async function answerOf(
  endpoint: Endpoint,
  request: ApiRequest,
  operator: Operator,
): Promise<ApiAnswer> {
  try {
    return await endpoint.answer(request, operator);
  } catch (error) {
    const status = error instanceof LbError ? statuses[error.code] : undefined;
    if (!(error instanceof LbError) || status === undefined) throw error;
    return problemAnswer(status, error.message);
  }
}

const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Of a status line. */
export function phraseOf(status: number): string {
  return PHRASES[status] ?? 'Error';
}

/** In the shape of lb's other answers: status and its phrase first. */
export function problemAnswer(status: number, message: string, facts: object = {}): ApiAnswer {
  return { status, body: { status, error: phraseOf(status), message, ...facts } };
}
