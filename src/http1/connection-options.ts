import { fieldId, fieldSet, idOfName, UNKNOWN_FIELD } from './field-names.ts';
import type { FieldTable } from './field-table.ts';

/** What the Connection field of a head says (RFC 9110 §7.6.1). */
export interface ConnectionOptions {
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  /** Known fields that end at this hop because Connection names them. */
  readonly nominated: number;
  /** The others of them, in lower case. */
  readonly nominatedNames: readonly Uint8Array[];
}

export const NO_OPTIONS: ConnectionOptions = {
  close: false,
  keepAlive: false,
  upgrade: false,
  nominated: 0,
  nominatedNames: [],
};
const KEEP_ALIVE: ConnectionOptions = { ...NO_OPTIONS, keepAlive: true };
const CLOSE: ConnectionOptions = { ...NO_OPTIONS, close: true };

/** Fields whose loss would change what the message is or who it is for: nominating them has no effect. */
const PROTECTED = fieldSet(
  'host',
  'content-length',
  'transfer-encoding',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'forwarded',
  'via',
  'expect',
  'max-forwards',
  'x-request-id',
);

/** Reads every Connection field; the usual single values allocate one short string. */
export function connectionOptions(fields: FieldTable): ConnectionOptions {
  const text = fields.listText(fieldId.connection);
  if (text === 'keep-alive' || text === 'Keep-Alive') return KEEP_ALIVE;
  if (text === 'close') return CLOSE;
  return parseOptions(text);
}

function parseOptions(text: string): ConnectionOptions {
  const members = text.toLowerCase().split(',').map(withoutSpace);
  let nominated = 0;
  const nominatedNames: Uint8Array[] = [];
  for (const member of members) {
    const id = idOfName(member);
    if (id !== UNKNOWN_FIELD) nominated |= 1 << id;
    else if (member !== '' && member !== 'close')
      nominatedNames.push(Buffer.from(member, 'latin1'));
  }
  return {
    close: members.includes('close'),
    keepAlive: members.includes('keep-alive'),
    upgrade: members.includes('upgrade'),
    nominated: nominated & ~PROTECTED,
    nominatedNames,
  };
}

/** Spaces and tabs are white space here (RFC 9110 §5.6.3); `trim` would take U+00A0 too, a byte like any other. */
function withoutSpace(member: string): string {
  let start = 0;
  let end = member.length;
  while (start < end && (member[start] === ' ' || member[start] === '\t')) start++;
  while (end > start && (member[end - 1] === ' ' || member[end - 1] === '\t')) end--;
  return member.slice(start, end);
}
