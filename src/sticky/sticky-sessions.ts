import type { Backend } from '../backend/backend.ts';
import type { FieldTable } from '../http1/field-table.ts';
import type { HeadEdits } from '../http1/head-edits.ts';
import { CookieValues } from './cookie-values.ts';
import { type StickyCookieOptions, setCookieLines } from './set-cookie.ts';
import { stickyToken, TOKEN_LENGTH } from './sticky-token.ts';

export interface StickyOptions extends StickyCookieOptions {
  /** null: tokens are a digest of names (see `stickyToken`). */
  readonly secret: string | null;
}

/** What a client is told to come back to one backend. */
interface SetCookie {
  readonly plain: string;
  readonly https: string;
}

/**
 * Keeps the clients of one pool at the backend that answered them first, by a cookie. Nothing is remembered here: the
 * cookie alone tells, so every lb with the same secret and names reads it alike, before and after a restart.
 *
 * A token is valid when it is one of those made here for the pool's backends. It is looked up by its hash, seeded anew
 * in every process, so the time that takes tells nothing about how much of a guess was right; and all that a token
 * gives is one backend rather than another.
 */
export class StickySessions {
  readonly #pool: string;
  readonly #options: StickyOptions;
  readonly #cookies: CookieValues;
  #byToken: ReadonlyMap<string, Backend> = new Map();
  #setCookies: ReadonlyMap<Backend, SetCookie> = new Map();

  constructor(pool: string, backends: readonly Backend[], options: StickyOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#cookies = new CookieValues(options.cookie);
    this.replaceBackends(backends);
  }

  /** For when the pool has other backends: clients of those that stay keep them. */
  replaceBackends(backends: readonly Backend[]): void {
    const options = this.#options;
    const tokens = backends.map(
      (backend) => [stickyToken(options.secret, this.#pool, backend.name), backend] as const,
    );
    this.#byToken = new Map(tokens);
    this.#setCookies = new Map(
      tokens.map(([token, backend]) => [
        backend,
        {
          plain: setCookieLines(options, token, false),
          https: setCookieLines(options, token, true),
        },
      ]),
    );
  }

  /**
   * The backend that a request's cookie names, if that still serves the clients it has: of several cookies the first that
   * names such a one. A cookie with any other text is as good as none.
   */
  backendOf(fields: FieldTable): Backend | null {
    const cookies = this.#cookies;
    cookies.begin(fields);
    while (cookies.next()) {
      if (cookies.end - cookies.start !== TOKEN_LENGTH) continue;
      const token = fields.bytes.toString('latin1', cookies.start, cookies.end);
      const backend = this.#byToken.get(token);
      if (backend?.keepsClients) return backend;
    }
    return null;
  }

  /**
   * The edits of a response that makes its client come back to `backend`. Made for each such response: a client gets one.
   *
   * @param edits of the route; the same come back for a backend that the pool got after these sessions.
   * @param https the client came by it.
   */
  bind(backend: Backend, edits: HeadEdits, https: boolean): HeadEdits {
    const lines = this.#setCookies.get(backend);
    if (lines === undefined) return edits;
    return { ...edits, appended: edits.appended + (https ? lines.https : lines.plain) };
  }
}
