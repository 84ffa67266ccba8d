import { METHODS } from 'node:http';
import type { Difference } from './compare.ts';
import type { Input } from './input.ts';
import type { Message, Reading } from './reading.ts';

/** A difference with what it came of. */
export interface Case {
  readonly input: Input;
  readonly ours: Reading;
  readonly theirs: Reading;
  readonly difference: Difference;
}

/** A difference that is no danger, with the paragraph that makes ours right. */
export interface Tolerance {
  readonly name: string;
  readonly because: string;
  applies(found: Case): boolean;
}

const unknownMethod: Tolerance = {
  name: 'unknown_method',
  because: 'RFC 9110 §9.1: a method is any token, in either case; llhttp knows a closed list.',
  applies: (found) => {
    const start = found.ours.messages[found.difference.index]?.start ?? '';
    const method = start.slice(0, start.indexOf(' '));
    return refusedWith(found, /^HPE_INVALID_METHOD$/) && !METHODS.includes(method);
  },
};

const framingFieldInTrailer: Tolerance = {
  name: 'framing_field_in_trailer',
  because:
    'RFC 9110 §6.5.1: a trailer field never takes part in framing, and lb drops these; llhttp checks their values.',
  applies: (found) => {
    const { ours, theirs, difference } = found;
    const mine = ours.messages[difference.index];
    return (
      refusedForFraming(found) &&
      mine?.body === theirs.messages[difference.index]?.body &&
      hasTrailer(mine, /^(content-length|transfer-encoding)$/i)
    );
  },
};

const connectionInTrailer: Tolerance = {
  name: 'connection_in_trailer',
  because:
    'RFC 9110 §6.5.1: a trailer field says nothing about the connection, and lb drops it; llhttp obeys its "close".',
  applies: (found) =>
    refusedWith(found, /^HPE_CLOSED_CONNECTION$/) &&
    hasTrailer(found.ours.messages[found.difference.index - 1], /^connection$/i),
};

const tabBehindChunked: Tolerance = {
  name: 'tab_behind_chunked',
  because:
    'RFC 9110 §5.6.3: white space around a value is spaces and tabs; llhttp takes "chunked" with a tab behind it for ' +
    'another coding, which it refuses in requests and reads until the close in responses. lb frames anew.',
  applies: (found) => {
    const { fields = [] } = found.ours.messages[found.difference.index] ?? {};
    const coding = fields.findIndex((name) => /^transfer-encoding$/i.test(name));
    return (
      (refusedForFraming(found) || /^(body|ended_late)$/.test(found.difference.kind)) &&
      /^chunked$/i.test(fields[coding + 1] ?? '') &&
      /\ntransfer-encoding:[ \t]*chunked *\t[ \t]*\r\n/i.test(found.input.bytes.toString('latin1'))
    );
  },
};

const closeInInterim: Tolerance = {
  name: 'close_in_interim',
  because:
    'RFC 9110 §15.2: 1xx come before the final response; llhttp takes one with "close", or of HTTP/1.0, for the last.',
  applies: (found) =>
    refusedWith(found, /^HPE_CLOSED_CONNECTION$/) &&
    /^1\d\d$/.test(found.theirs.messages[found.difference.index - 1]?.start ?? ''),
};

export const toleratedInRequests: readonly Tolerance[] = [
  unknownMethod,
  framingFieldInTrailer,
  connectionInTrailer,
  tabBehindChunked,
];

export const toleratedInResponses: readonly Tolerance[] = [
  framingFieldInTrailer,
  tabBehindChunked,
  closeInInterim,
];

function refusedWith({ theirs, difference }: Case, code: RegExp): boolean {
  return difference.kind === 'accepted_what_llhttp_refuses' && code.test(theirs.why);
}

/**
 * llhttp does not like the framing. Node keeps that to itself while a request that asks for an upgrade has a body: its
 * end is just never found.
 */
function refusedForFraming(found: Case): boolean {
  const { ours, difference } = found;
  const { fields = [] } = ours.messages[difference.index] ?? {};
  const hidden =
    difference.kind === 'ended_early' && fields.some((name) => /^upgrade$/i.test(name));
  return (
    hidden || refusedWith(found, /^HPE_(INVALID|UNEXPECTED)_(CONTENT_LENGTH|TRANSFER_ENCODING)$/)
  );
}

function hasTrailer(message: Message | undefined, name: RegExp): boolean {
  return (message?.trailers ?? []).some((text, index) => index % 2 === 0 && name.test(text));
}
