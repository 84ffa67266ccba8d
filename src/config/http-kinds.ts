import { isIPv4, isIPv6 } from 'node:net';
import { definePattern, type Kind } from './kind.ts';
import { quote } from './problem.ts';

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Fields that frame a message or concern one connection alone: lb writes them itself (RFC 9110 §7.6.1). */
const framingFields: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export const hostPattern: Kind = {
  allowed: 'a host name such as example.com or "*.example.com"',
  complain(text) {
    if (text === '*') return '"*" is not a host; leave out `host` to match every host';
    if (/^\[.*\]$/.test(text) && isIPv6(text.slice(1, -1))) return null;
    const name = text.startsWith('*.') ? text.slice(2) : text;
    if (/:\d*$/.test(name) && !isIPv6(name)) {
      const bare = text.slice(0, text.lastIndexOf(':'));
      return `${quote(text)} has a port, which is that of the listener; write ${quote(bare)}`;
    }
    const isName = /^(?!.{254})[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(name);
    if (isIPv4(text) || isName) return null;
    return `${quote(text)} is not a host; needs ${hostPattern.allowed}, in ASCII`;
  },
};

export const path: Kind = {
  allowed: 'a path such as /api',
  complain(text) {
    if (!text.startsWith('/')) {
      return `${quote(text)} does not begin with "/"; write ${quote(`/${text}`)}`;
    }
    const stranger = /[^!-~]|[?#]/u.exec(text);
    if (stranger === null) return null;
    const found = `${quote(text)} holds ${quote(stranger[0])}`;
    return `${found}; needs a path in ASCII (others as %XX), without query and fragment`;
  },
};

export const method: Kind = definePattern('a method such as GET', token, 'is not a method');

export const fieldValue: Kind = definePattern(
  'text in printable ASCII without a space at either end',
  /^([!-~]([ \t!-~]*[!-~])?)?$/,
  'is not a value for a header field',
);

export const fieldName: Kind = {
  allowed: 'the name of a header field',
  complain(text) {
    if (!token.test(text)) {
      return `${quote(text)} is not the name of a header field; needs letters, digits and "-"`;
    }
    if (!text.endsWith('_file')) return null; // as a key it would mean a value read from a file
    return `${quote(text)} ends in "_file", which is kept for values read from files; rename it`;
  },
};

/** A request may be given another Host, but cannot do without one or have two. */
export const settableRequestField: Kind = {
  allowed: fieldName.allowed,
  complain: (text) => fieldName.complain(text, {}) ?? complainAboutFraming(text),
};

export const editableField: Kind = {
  allowed: fieldName.allowed,
  complain(text) {
    if (text.toLowerCase() !== 'host') return settableRequestField.complain(text, {});
    return `${quote(text)} can only be changed under request_headers.set; remove it here`;
  },
};

function complainAboutFraming(text: string): string | null {
  if (!framingFields.has(text.toLowerCase())) return null;
  return `${quote(text)} cannot be edited, lb itself decides what it holds; remove it`;
}
