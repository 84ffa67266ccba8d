/** Where something listens or is dialled: a TCP address or the path of a Unix socket. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/**
 * Reads an address as lb.yaml spells it: `host:port`, `:port` (every interface), `[::1]:port`, `unix:/path`.
 *
 * @returns null when the text is none of these; ports are 0..65535, 0 meaning "any free port".
 */
export function parseAddress(text: string): Address | null {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    return path.startsWith('/') ? { kind: 'unix', path } : null;
  }
  const parts = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]/\s]*)):(\d{1,5})$/.exec(text);
  if (parts === null) return null;
  const port = Number(parts[3]);
  if (port > 65535) return null;
  return { kind: 'tcp', host: parts[1] ?? parts[2] ?? '', port };
}

/** The inverse of {@link parseAddress}; an empty host stands for every interface. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}
