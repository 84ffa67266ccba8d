import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Backend } from '../../../src/backend/backend.ts';
import { compileEdits, NO_EDITS } from '../../../src/http1/head-edits.ts';
import { type StickyOptions, StickySessions } from '../../../src/sticky/sticky-sessions.ts';
import { stickyToken } from '../../../src/sticky/sticky-token.ts';
import { getWith } from '../middleware/read-head.ts';

const secret = 'sixteen-or-more-characters';
const options: StickyOptions = {
  cookie: 'lb',
  ttlMs: 0,
  secret,
  path: '/',
  domain: null,
  sameSite: 'lax',
  secure: 'auto',
  httpOnly: true,
};
const names = ['10.0.0.11:3000', 'app-2', 'app-3'];

function makeBackends(): readonly Backend[] {
  return names.map(
    (name, index) =>
      new Backend(name, 'web', { kind: 'tcp', host: '10.0.0.1', port: index + 1 }, 0),
  );
}

/** What a client sends back that got its answer from this backend. */
function cookieFrom(from: StickySessions, backend: Backend): string {
  const { appended } = from.bind(backend, NO_EDITS, false);
  return /^Set-Cookie: ([^;]+);/.exec(appended)?.[1] ?? '';
}

let backends: readonly Backend[];
let sessions: StickySessions;
let first: Backend;
let second: Backend;

beforeEach(() => {
  backends = makeBackends();
  sessions = new StickySessions('web', backends, options);
  [first, second] = backends as [Backend, Backend];
});

const named = (...cookies: readonly string[]) =>
  sessions.backendOf(getWith(...cookies.map((text) => `Cookie: ${text}`)).parser.fields);
const cookieOf = (backend: Backend) => cookieFrom(sessions, backend);

describe('the cookie of a sticky pool', () => {
  it('leads back to the backend that it was set for, amid others', () => {
    for (const backend of backends) {
      const cookie = cookieOf(backend);
      expect(named(cookie)).toBe(backend);
      expect(named(`a=b; ${cookie}; c=d`)).toBe(backend);
      expect(named('a=b', cookie)).toBe(backend);
    }
  });

  it('goes on leading to the backends that stay when others come and go', () => {
    const [kept, gone] = [cookieOf(first), cookieOf(second)];
    const address = { kind: 'tcp', host: '10.0.0.9', port: 1 } as const;
    const added = new Backend('app-9', 'web', address, 0);
    sessions.replaceBackends([added, first]);
    expect(named(kept)).toBe(first);
    expect(named(gone)).toBeNull();
    expect(named(cookieOf(added))).toBe(added);
    expect(cookieOf(second)).toBe('');
  });

  it('is read alike by another lb, and after a restart, with other backends beside', () => {
    const fewer = new StickySessions('web', [second], options);
    const reordered = new StickySessions('web', [...backends].reverse(), options);
    for (const other of [fewer, reordered]) {
      expect(cookieFrom(other, second)).toBe(cookieOf(second));
    }
  });

  it('is a digest of names where there is no secret', () => {
    const unkeyed = new StickySessions('web', backends, { ...options, secret: null });
    const token = stickyToken(null, 'web', first.name);
    expect(cookieFrom(unkeyed, first)).toBe(`lb=${token}`);
  });

  it('is none of another secret, pool or name', () => {
    for (const other of [
      new StickySessions('web', backends, { ...options, secret: `${secret}!` }),
      new StickySessions('web', backends, { ...options, secret: null }),
      new StickySessions('api', backends, options),
      new StickySessions('web', backends, { ...options, cookie: 'LB' }),
    ]) {
      for (const backend of backends) {
        expect(named(cookieFrom(other, backend))).toBeNull();
      }
    }
  });

  it('tells neither name nor address, in clear or in base64', () => {
    for (const backend of backends) {
      const [, token = ''] = cookieOf(backend).split('=');
      const decoded = Buffer.from(token, 'base64url').toString('latin1');
      for (const part of [backend.name, '10.0', '3000', 'app', 'web']) {
        expect(token + decoded).not.toContain(part);
      }
    }
  });

  it('is Secure for clients that came by https', () => {
    expect(sessions.bind(first, NO_EDITS, true).appended).toContain('; Secure;');
    expect(sessions.bind(first, NO_EDITS, false).appended).not.toContain('Secure');
  });

  it('comes behind the edits of the route, which stay as they are', () => {
    const rules = { set: [], add: [['X-A', '1']], remove: ['Server', 'X-B'] } as const;
    const edits = compileEdits(rules, true);
    const bound = sessions.bind(first, edits, false);
    expect(bound.appended).toMatch(
      /^X-A: 1\r\nSet-Cookie: lb=[\w-]{22}; .*\r\nCache-Control: private\r\n$/,
    );
    expect({ ...bound, appended: '' }).toEqual({ ...edits, appended: '' });
    expect(edits.appended).toBe('X-A: 1\r\n');
  });

  it('is not set for a backend that came after the sessions', () => {
    const added = new Backend('app-4', 'web', first.address, 0);
    expect(sessions.bind(added, NO_EDITS, false)).toBe(NO_EDITS);
  });
});

describe('a backend that a cookie names', () => {
  it('keeps its clients while it drains, or has no weight any more', () => {
    first.ordered = 'draining';
    expect(named(cookieOf(first))).toBe(first);
    first.configuredWeight = 0;
    expect(named(cookieOf(first))).toBe(first);
  });

  it.each<[string, (backend: Backend) => void]>([
    ['fails its checks', (backend) => Object.assign(backend, { healthy: false })],
    ['is ejected', (backend) => Object.assign(backend, { ejected: true })],
    ['is in maintenance', (backend) => Object.assign(backend, { ordered: 'maintenance' })],
  ])('loses them while it %s', (_, change) => {
    const cookie = cookieOf(first);
    change(first);
    expect(named(cookie)).toBeNull();
  });

  it('is the first that serves, where there are several cookies', () => {
    const both = `${cookieOf(first)}; ${cookieOf(second)}`;
    expect(named(both)).toBe(first);
    expect(named(`lb=old; ${both}`)).toBe(first);
    first.healthy = false;
    expect(named(both)).toBe(second);
  });
});

describe('a cookie that lb did not make', () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab-_=;" ,\t\xff'), maxLength: 30 });
  const forged = fc.oneof(
    word,
    word.map((text) => `lb=${text}`),
    fc.base64String({ minLength: 22, maxLength: 24 }).map((text) => `lb=${text}`),
    fc.constantFrom(...names, '__proto__', 'constructor').map((text) => `lb=${text}`),
  );

  it('names no backend, whatever it is and wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(forged, { maxLength: 5 }), fc.boolean(), (texts, joined) => {
        expect(joined ? named(texts.join(';')) : named(...texts)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('names none when it differs in one character from one that does', () => {
    const cookie = cookieOf(first);
    const token = cookie.slice('lb='.length);
    for (let at = 0; at < token.length; at++) {
      for (const other of ['A', 'z', '0', '-', '_', '=', '.', '\xff']) {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        if (changed !== token) expect(named(`lb=${changed}`)).toBeNull();
      }
    }
    for (const near of [`${token}A`, token.slice(1), `"${token}"`, `${token} `, `%${token}`]) {
      expect(named(`lb=${near};`)).toBeNull();
    }
  });

  it('does not hide one behind it that lb made', () => {
    fc.assert(
      fc.property(fc.array(forged, { maxLength: 5 }), (texts) => {
        expect(named(...texts, cookieOf(second))).toBe(second);
      }),
    );
  });

  it('may be as long as a head', () => {
    expect(named(`lb=${'a'.repeat(60_000)}`)).toBeNull();
    expect(named(`${'lb=x; '.repeat(9_000)}${cookieOf(first)}`)).toBe(first);
  });
});
