import fc from 'fast-check';
import { headText } from './parse-head.ts';

export type Field = readonly [name: string, value: string];

/** A well-formed message as its sender means it. */
interface Message {
  readonly minorVersion: number;
  readonly fields: readonly Field[];
  /** Fields that end at the next hop. */
  readonly ending: readonly Field[];
  /** The field that frames the body, if there is one. */
  readonly body: Field | null;
  /** White space around every value. */
  readonly before: string;
  readonly after: string;
}

export interface RequestMessage extends Message {
  readonly method: string;
  readonly target: string;
  readonly absolute: boolean;
  readonly host: string;
}

export interface ResponseMessage extends Message {
  readonly status: number;
  readonly phrase: string;
}

const ENDING =
  /^(?:connection|keep-alive|proxy-connection|te|trailer|upgrade|http2-settings|x-hop)$/i;
const SPECIAL = /^(?:host|content-length|transfer-encoding|max-forwards|expect)$/i;

/** The fields that mean something to the recipient and are not about framing or routing, in order. */
export function endToEnd(fields: readonly Field[]): Field[] {
  return fields.filter(([name]) => !ENDING.test(name) && !SPECIAL.test(name));
}

const token = fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,16}$/);
/** Visible characters and obs-text, with spaces and tabs inside only: those around it are not part of a value. */
const value = fc.oneof(
  fc.stringMatching(/^[!-~\x80-\xff]([\t -~\x80-\xff]{0,30}[!-~\x80-\xff])?$/),
  fc.constant(''),
);
const whiteSpace = fc.stringMatching(/^[ \t]{0,3}$/);
const field = fc.tuple(token, value).filter((pair) => endToEnd([pair]).length > 0);
const CHUNKED: Field = ['Transfer-Encoding', 'chunked'];
const endingFields: readonly (readonly Field[])[] = [
  [],
  [['Connection', 'keep-alive']],
  [
    ['Connection', 'close, X-Hop'],
    ['x-hop', '1'],
  ],
  [
    ['X-HOP', '2'],
    ['Keep-Alive', 'timeout=1'],
    ['connection', 'x-hop'],
    ['Trailer', 'X'],
  ],
];

const parts = {
  minorVersion: fc.constantFrom(0, 1),
  fields: fc.array(field, { maxLength: 12 }),
  ending: fc.constantFrom(...endingFields),
  body: fc.oneof(
    fc.constantFrom<Field | null>(null, CHUNKED),
    fc.maxSafeNat().map((length): Field => ['Content-Length', String(length)]),
    fc.maxSafeNat().map((length): Field => ['content-length', `00${length}`]),
  ),
  before: whiteSpace,
  after: whiteSpace,
};

/** HTTP/1.0 has no chunks. */
function possible<T extends Message>(message: T): T {
  return message.body === CHUNKED ? { ...message, minorVersion: 1 } : message;
}

export const requests = fc
  .record<RequestMessage>({
    ...parts,
    method: token.filter((name) => name !== 'CONNECT'),
    target: fc.stringMatching(/^\/[!-"$->@-~]{0,20}(\?[!-"$-~]{0,20})?$/),
    absolute: fc.boolean(),
    host: fc.tuple(fc.domain(), fc.constantFrom('', ':80', ':')).map((both) => both.join('')),
  })
  .map(possible);

export const responses = fc
  .record<ResponseMessage>({
    ...parts,
    status: fc.integer({ min: 200, max: 999 }).filter((code) => code !== 204 && code !== 304),
    phrase: value,
  })
  .map(possible);

/** Every field of a message, those of its host and framing amid the others. */
export function allFields({ fields, ending, body }: Message, host: readonly Field[]): Field[] {
  const framing = body === null ? [] : [body];
  return [...fields.slice(0, 3), ...host, ...ending, ...fields.slice(3), ...framing];
}

export function requestText(message: RequestMessage): string {
  const { method, target, absolute, host, minorVersion } = message;
  const uri = absolute ? `http://${host}${target}` : target;
  const fields = allFields(message, [['hoSt', host]]);
  return headText(`${method} ${uri} HTTP/1.${minorVersion}`, ...linesOf(message, fields));
}

export function responseText(message: ResponseMessage): string {
  const { minorVersion, status, phrase } = message;
  const line = `HTTP/1.${minorVersion} ${status} ${phrase}`;
  return headText(line, ...linesOf(message, allFields(message, [])));
}

function linesOf({ before, after }: Message, fields: readonly Field[]): string[] {
  return fields.map(([name, text]) => `${name}:${before}${text}${after}`);
}
