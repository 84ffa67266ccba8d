/** A request that nobody has sent: what somebody asks about. */
export interface TrialRequest {
  readonly method: string;
  /** `http://host[:port]/path?query`, or the path alone, or `*`. */
  readonly url: string;
  /** Beyond Host, which the URL gives unless it stands here. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** What a URL that is a path alone is asked of. */
const DEFAULT_HOST = 'localhost';

/** What a URL says: where the request goes, and what it asks for there. */
export interface TrialTarget {
  /** With its port, where the URL has one. */
  readonly authority: string;
  /** null where the URL is a path alone. */
  readonly port: number | null;
  /** As it stands in the request line. */
  readonly target: string;
}

/** Takes a URL apart as clients do: nothing in it is decoded or resolved, only the fragment stays behind. */
export function targetOf(url: string): TrialTarget {
  const [, scheme = '', authority = DEFAULT_HOST, rest = ''] =
    /^(?:(https?):\/\/([^/?#]*))?([^#]*)/is.exec(url) ?? [];
  if (scheme === '') return { authority, port: null, target: rest };
  const written = /:(\d{1,5})$/.exec(authority)?.[1];
  const port = Number(written ?? (scheme.toLowerCase() === 'https' ? 443 : 80));
  return { authority, port, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** The bytes that a client would send, as far as they are the head. Whatever is wrong with them is for the parser to say. */
export function headBytes({ method, url, fields }: TrialRequest): Buffer {
  const { authority, target } = targetOf(url);
  const hasHost = fields.some(([name]) => name.toLowerCase() === 'host');
  const all = hasHost ? fields : [['Host', authority] as const, ...fields];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...all.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from([...lines, '', ''].join('\r\n'));
}
