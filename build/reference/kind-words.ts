import type { KindName } from '../../src/config/kinds.ts';

/** What the reference and the JSON Schema say of a kind of text. */
export interface KindWords {
  /** Under `Type`; what the words mean stands on top of the reference. */
  readonly word: string;
  /** Of many, where it is not the word with an s. */
  readonly many?: string;
  /**
   * Source of a regular expression (ECMA-262, flag u) that takes every text of this kind, and as few others as one
   * expression can. Without one, any text may be of the kind.
   */
  readonly pattern?: string;
}

const port = ':\\d{1,5}';
const host = '(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%a-z]+\\])';
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** Fields that nobody may edit, as they are usually spelt: a pattern tells upper from lower case. */
const framing =
  '(?:Connection|Content-Length|Keep-Alive|Proxy-Connection|TE|Trailer|Transfer-Encoding|Upgrade)';
const modulePath = '\\.{0,2}/\\P{Cc}+\\.m?[jt]s';

export const kindWords: Readonly<Record<KindName, KindWords>> = {
  algorithm: { word: 'algorithm', pattern: `^(?:[a-z_]+|${modulePath})$` },
  backend_address: { word: 'address', many: 'backends', pattern: `^(?:${host}${port}|unix:/.+)$` },
  bearer_token: {
    word: '16 to 200 letters, digits or `-._~+/=`',
    pattern: '^[A-Za-z0-9._~+/-]{16,200}=*$',
  },
  bind_address: { word: 'address', pattern: `^(?:${host}?${port}|unix:/.+)$` },
  check_name: {
    word: 'the name of one of `health_checks`, or `off`',
    pattern: '^[A-Za-z0-9._-]{1,64}$',
  },
  check_type: {
    word: '`tcp`, `http`, or the path of a module',
    pattern: `^(?:tcp|http|${modulePath})$`,
  },
  cidr: { word: 'network', pattern: '^[0-9A-Fa-f:.]+(?:/\\d{1,3})?$' },
  control: {
    word: 'absolute path, `auto` or `off`',
    pattern: '^(?:auto|off|/\\P{Cc}*[^/\\p{Cc}])$',
  },
  cookie_domain: { word: 'domain', pattern: '^[A-Za-z0-9_-]{1,63}(?:\\.[A-Za-z0-9_-]{1,63})*$' },
  cookie_name: { word: 'name of a cookie', pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$" },
  cookie_path: { word: 'path without `;`', pattern: '^/[!-:<-~]*$' },
  dns_server: { word: 'DNS server', pattern: '^(?:[0-9A-Fa-f:.]+|\\[[0-9A-Fa-f:.]+\\]:\\d{1,5})$' },
  duration: { word: 'duration', pattern: '^\\d{1,12}(?:ms|s|m|h)$' },
  editable_field: { word: 'field', pattern: `^(?!${framing}$)${token}$` },
  field_name: { word: 'field', pattern: `^${token}$` },
  field_value: { word: 'text', pattern: '^(?:[!-~](?:[ \\t!-~]*[!-~])?)?$' },
  hash_key: { word: '`client_ip` or `path`', pattern: '^(?:client_ip|path)$' },
  host: { word: 'host', pattern: '^(?:\\[[0-9A-Fa-f:.]+\\]|(?:\\*\\.)?[A-Za-z0-9_.-]+)$' },
  method: { word: 'method', pattern: `^${token}$` },
  metric_prefix: {
    word: 'up to 64 letters, digits and `_`',
    pattern: '^(?:[A-Za-z_][A-Za-z0-9_]{0,63})?$',
  },
  name: { word: 'name', pattern: '^(?! )\\P{Cc}{1,128}(?<! )$' },
  off: { word: '`off`', pattern: '^off$' },
  output: { word: 'output', pattern: '^(?:stdout|stderr|(?=.*/)\\P{Cc}+[^/])$' },
  parameter_name: { word: 'name of a query parameter', pattern: '^[^\\p{Cc} &=#]{1,128}$' },
  path: { word: 'path', pattern: '^/(?:[!-"$->@-~])*$' },
  percentage: { word: 'percentage from `0%` to `100%`', pattern: '^\\d{1,3}%$' },
  pool_name: { word: 'name', pattern: '^[A-Za-z0-9._-]{1,64}$' },
  refusal: { word: 'a reason', pattern: '^[a-z0-9_]+$' },
  regex: { word: 'regular expression of JavaScript' },
  request_target: { word: 'path, with or without a query', pattern: '^/[!"$-~]*$' },
  secret: { word: 'one line of 16 or more characters', pattern: '^\\P{Cc}{16,}$' },
  settable_request_field: { word: 'field', pattern: `^(?!${framing}$)${token}$` },
  size: { word: 'size', pattern: '^\\d{1,12}(?:B|KiB|MiB|GiB)?$' },
  state_file: { word: 'absolute path, or `off`', pattern: '^(?:off|/(?:\\P{Cc}*[^/\\p{Cc}]))$' },
  statsd_prefix: {
    word: 'up to 128 letters, digits, `_`, `-`, `.`',
    pattern: '^(?=.{0,128}$)(?:[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*)?$',
  },
  status_codes: {
    word: 'status code',
    many: 'status codes and ranges',
    pattern: '^[2-5]\\d\\d(?:-[2-5]\\d\\d)?$',
  },
  test_request: { word: 'method and URL', pattern: '^[^\\s\\p{Cc}]+ [^\\p{Cc}]+$' },
  text: { word: 'text' },
  udp_address: { word: 'host:port', pattern: `^${host}${port}$` },
};
