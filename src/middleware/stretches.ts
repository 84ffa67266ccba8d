import type { Backend } from '../backend/backend.ts';
import { type AttemptRecord, type ExchangeRecord, NO_ATTEMPTS } from '../backend/observer.ts';
import type { Reason } from '../foundation/reason.ts';
import {
  type FieldSource,
  fieldSources,
  lineField,
  type OwnField,
  writeFields,
} from './access-fields.ts';
import type { LineWriter } from './line-writer.ts';

/**
 * Fields side by side that mostly say in a line what they said in the one before: to compare, and to copy all of it at
 * once, costs less than to write each.
 */
export interface Stretch {
  /** In the order of a line; the first and the last have something to tell of every record. */
  readonly fields: readonly OwnField[];
  /** What tells all of them, from the value of the first to that of the last, with a memory of its own; `isText` is of the last. */
  source(): FieldSource;
}

type Write = FieldSource['write'];

/** Writes what `write` does, which it does not call where that would be what was written last. */
type Remember = (write: Write) => Write;

const NOTHING: Uint8Array = new Uint8Array();

export const stretches: readonly Stretch[] = [
  stretch(['listener', 'route', 'pool', 'backend'], rememberPlaces),
  stretch(['method', 'host'], rememberLast(requestChange)),
  stretch(['protocol', 'status', 'reason', 'detail', 'bytes_in'], rememberLast(outcomeChange)),
  stretch(
    ['attempts', 'attempts_detail', 'reused', 'user_agent', 'generation'],
    rememberLast(effortChange),
  ),
];

function stretch(fields: readonly OwnField[], remember: Remember): Stretch {
  const parts = fields.map((field, at) => {
    const part = lineField(field, fieldSources[field]);
    return at === 0 ? { ...part, afterText: NOTHING, afterJson: NOTHING } : part;
  });
  const isText = parts.at(-1)?.isText === true;
  const write: Write = (out, record) => writeFields(out, false, parts, record);
  return { fields, source: () => ({ isText, has: null, write: remember(write) }) };
}

/** @returns a copy of what it has written. */
function writeAnew(out: LineWriter, record: ExchangeRecord, write: Write): Uint8Array {
  const start = out.length;
  write(out, record);
  return out.since(start);
}

interface Place {
  readonly listener: string;
  readonly route: string;
  readonly bytes: Uint8Array;
}

/** Backends take turns, so each has that of where it was last reached through; gone with the backend. */
function rememberPlaces(write: Write): Write {
  const places = new WeakMap<Backend, Place>();
  return (out, record) => {
    const { backend, listener, route } = record;
    if (backend === null) {
      write(out, record);
      return;
    }
    const known = places.get(backend);
    if (known !== undefined && known.route === route && known.listener === listener) {
      out.bytes(known.bytes);
    } else places.set(backend, { listener, route, bytes: writeAnew(out, record, write) });
  };
}

/** Takes over what a stretch tells of a record. @returns whether that is not what it told last. */
type Change = (record: ExchangeRecord) => boolean;

/** Copied when it comes a second time: where lines are all different, nothing is. */
function rememberLast(changeOf: () => Change): Remember {
  return (write) => {
    const isChanged = changeOf();
    let bytes: Uint8Array | null = null;
    return (out, record) => {
      if (isChanged(record)) {
        bytes = null;
        write(out, record);
      } else if (bytes === null) bytes = writeAnew(out, record, write);
      else out.bytes(bytes);
    };
  };
}

function requestChange(): Change {
  let method: string | null = null;
  let host = '';
  return (record) => {
    const isSame = record.host === host && record.method === method;
    if (!isSame) ({ method, host } = record);
    return !isSame;
  };
}

function outcomeChange(): Change {
  let protocol = '';
  let status = -1;
  let reason: Reason | null = null;
  let detail: Reason | null = null;
  let bytesIn = -1;
  return (record) => {
    const isSame =
      record.bytesIn === bytesIn &&
      record.status === status &&
      record.reason === reason &&
      record.detail === detail &&
      record.protocol === protocol;
    if (!isSame) ({ protocol, status, reason, detail, bytesIn } = record);
    return !isSame;
  };
}

function effortChange(): Change {
  let attempts = -1;
  let failedAttempts: readonly AttemptRecord[] = NO_ATTEMPTS;
  let reused = false;
  let userAgent = '';
  let generation = -1;
  return (record) => {
    const isSame =
      record.attempts === attempts &&
      record.failedAttempts === failedAttempts &&
      record.reused === reused &&
      record.generation === generation &&
      record.userAgent === userAgent;
    if (!isSame) ({ attempts, failedAttempts, reused, userAgent, generation } = record);
    return !isSame;
  };
}
