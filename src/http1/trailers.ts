/**
 * Fields that must not arrive behind a body (RFC 9110 §6.5.1): they would change framing, routing, authentication,
 * caching or the handling of content after the fact.
 */
const FORBIDDEN = new Set([
  ...[
    'connection',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
  ...[
    'content-length',
    'content-encoding',
    'content-type',
    'content-range',
    'host',
    'max-forwards',
  ],
  ...[
    'authorization',
    'proxy-authorization',
    'www-authenticate',
    'proxy-authenticate',
    'set-cookie',
  ],
  ...['cache-control', 'expires', 'date', 'age', 'location', 'retry-after', 'vary', 'warning'],
  ...['expect', 'pragma', 'range', 'server', 'via', 'forwarded', 'x-request-id'],
]);

/**
 * The trailer lines that may be passed on.
 *
 * @param section checked field lines, each with its CR LF, without the empty line.
 */
export function permittedTrailers(section: string): string {
  const lines = section.split('\r\n').filter((line) => {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    return line !== '' && !FORBIDDEN.has(name) && !name.startsWith('x-forwarded-');
  });
  return lines.map((line) => `${line}\r\n`).join('');
}
