import { type Fields, type FieldValues, readFields } from './fields.ts';
import type { Operator } from './operator.ts';
import type { Shape } from './shapes.ts';

/**
 * Who may ask: `open` anybody who can connect, `read` whoever may look, `change` whoever may give orders, `local` whoever
 * holds the control socket.
 */
export type Access = 'open' | 'read' | 'change' | 'local';

/** A request, read as far as HTTP goes. */
export interface ApiRequest {
  /** Of the path, by name: `{ pool: 'web' }`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** What the JSON body holds; {} when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Who asks, as the log shall name them. */
  readonly who: string;
  /** Aborts when the client has left or lb ends. */
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  /** Becomes JSON. */
  readonly body: object;
}

/** One method of one path. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/api/v1/pools/{pool}`: a step in braces is a parameter. */
  readonly path: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly access: Access;
  readonly query: Fields;
  readonly body: Fields;
  /** What it answers, by status; what every endpoint may answer (`commonAnswers`) is not listed. */
  readonly answers: Readonly<Record<number, Shape>>;
  /**
   * @throws LbError (or rejects) with a code that `statusOf` knows.
   */
  answer(request: ApiRequest, operator: Operator): ApiAnswer | Promise<ApiAnswer>;
}

interface Definition<Query extends Fields, Body extends Fields>
  extends Omit<Endpoint, 'query' | 'body' | 'answer'> {
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: (
    request: Omit<ApiRequest, 'query' | 'body'> & {
      readonly query: FieldValues<Query>;
      readonly body: FieldValues<Body>;
    },
    operator: Operator,
  ) => ApiAnswer | Promise<ApiAnswer>;
}

/** Query and body are checked before `answer` sees them. */
export function defineEndpoint<
  const Query extends Fields = Record<never, never>,
  const Body extends Fields = Record<never, never>,
>(definition: Definition<Query, Body>): Endpoint {
  const { query = {} as Query, body = {} as Body, answer, ...described } = definition; // none: no fields
  return {
    ...described,
    query,
    body,
    answer: (request, operator) =>
      answer(
        {
          ...request,
          query: readFields(query, request.query, 'query'),
          body: readFields(body, request.body, 'body'),
        },
        operator,
      ),
  };
}
