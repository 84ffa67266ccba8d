import { nearestOf } from '../foundation/did-you-mean.ts';
import { backendAddress, bindAddress, cidr, dnsServer, udpAddress } from './address-kinds.ts';
import { algorithm, hashKey, parameterName } from './algorithm-kinds.ts';
import { cookieDomain, cookieName, cookiePath, secret } from './cookie-kinds.ts';
import {
  anyText,
  checkName,
  checkType,
  regex,
  requestTarget,
  statusCodes,
} from './health-kinds.ts';
import {
  editableField,
  fieldName,
  fieldValue,
  hostPattern,
  method,
  path,
  settableRequestField,
} from './http-kinds.ts';
import { definePattern, type Kind } from './kind.ts';
import { quote } from './problem.ts';
import { refusal, testRequest } from './test-kinds.ts';
import { duration, percentage, size } from './unit-kinds.ts';

/** A word that is neither stream is a path only if it looks like one: `stdot` shall not become a file. */
const output: Kind = {
  allowed: 'stdout, stderr or the path of a file',
  complain(text) {
    if (text === 'stdout' || text === 'stderr' || /^(?=.*\/)\P{Cc}+[^/]$/u.test(text)) return null;
    const guess = nearestOf(text, ['stdout', 'stderr']);
    if (guess !== null) return `${quote(text)} is not known; did you mean ${quote(guess)}?`;
    return `${quote(text)} is not known; needs stdout, stderr or a path with a "/"`;
  },
};

const off: Kind = {
  allowed: 'off',
  complain: (text) =>
    text === 'off' ? null : `${quote(text)} is not known; needs off, or a map with its settings`,
};

/** Absolute, because the folder that lb is started in is another one under systemd than at a prompt. */
const stateFile: Kind = {
  allowed: 'off, or the absolute path of a file',
  complain: (text) =>
    text === 'off' || /^\/\P{Cc}*[^/\p{Cc}]$/u.test(text)
      ? null
      : `${quote(text)} is not an absolute path; needs a path such as /var/lib/lb/state.json, or off`,
};

const longestSocketPath = 107;

/** Absolute for the same reason. */
const control: Kind = {
  allowed: 'auto, off, or the absolute path of a socket',
  complain(text) {
    if (text === 'auto' || text === 'off') return null;
    if (!/^\/\P{Cc}*[^/\p{Cc}]$/u.test(text)) {
      return `${quote(text)} is not an absolute path; needs a path such as /run/lb/lb.sock, auto or off`;
    }
    if (Buffer.byteLength(text) <= longestSocketPath) return null;
    return `${quote(text)} is too long for a socket; needs at most ${longestSocketPath} bytes`;
  },
};

/** Of a wrong one nothing is repeated: messages are shown to others. */
const bearerToken: Kind = {
  allowed: 'a secret of 16 to 200 letters, digits or any of -._~+/=',
  complain: (text) =>
    /^[A-Za-z0-9._~+/-]{16,200}=*$/.test(text)
      ? null
      : 'is no token; needs 16 to 200 letters, digits or any of -._~+/=, such as `openssl rand -hex 32` prints',
};

/** Every kind that schema.ts may name under `kind`. */
export const kinds = {
  algorithm,
  backend_address: backendAddress,
  bearer_token: bearerToken,
  bind_address: bindAddress,
  check_name: checkName,
  check_type: checkType,
  cidr,
  control,
  cookie_domain: cookieDomain,
  cookie_name: cookieName,
  cookie_path: cookiePath,
  dns_server: dnsServer,
  duration,
  editable_field: editableField,
  field_name: fieldName,
  field_value: fieldValue,
  hash_key: hashKey,
  host: hostPattern,
  method,
  metric_prefix: definePattern(
    'nothing, or up to 64 letters, digits and "_", the first no digit',
    /^(?:[A-Za-z_][A-Za-z0-9_]{0,63})?$/,
    'cannot begin the name of a metric',
  ),
  name: definePattern(
    '1 to 128 printable characters without a space at either end',
    /^(?! )\P{Cc}{1,128}(?<! )$/u,
    'is not a name',
  ),
  off,
  output,
  parameter_name: parameterName,
  path,
  percentage,
  pool_name: definePattern(
    '1 to 64 letters, digits, ".", "_" or "-"',
    /^[A-Za-z0-9._-]{1,64}$/,
    'is not a name for a pool',
  ),
  secret,
  refusal,
  regex,
  request_target: requestTarget,
  settable_request_field: settableRequestField,
  size,
  state_file: stateFile,
  statsd_prefix: definePattern(
    'nothing, or up to 128 letters, digits, "_", "-" and, between them, "."',
    /^(?=.{0,128}$)(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)?$/,
    'cannot begin the name of a metric',
  ),
  status_codes: statusCodes,
  test_request: testRequest,
  text: anyText,
  udp_address: udpAddress,
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;
