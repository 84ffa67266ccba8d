import type { Backend } from '../backend/backend.ts';
import { type AttemptRecord, type ExchangeRecord, NO_ATTEMPTS } from '../backend/observer.ts';
import type { Reason } from '../foundation/reason.ts';
import {
  type FieldSource,
  fieldSources,
  lineField,
  type OwnField,
  withFields,
} from './access-fields.ts';

/**
 * Fields side by side that mostly say in a line what they said in the one before. They are written as one: comparing costs
 * less than looking for what has to be escaped, and less than putting the text together.
 */
export interface Stretch {
  /** In the order of a line; the first and the last have something to tell of every record. */
  readonly fields: readonly OwnField[];
  /** What tells all of them, from the value of the first to that of the last, with a memory of its own; `isText` is of the last. */
  source(): FieldSource;
}

type Make = (record: ExchangeRecord) => string;

/** Answers as `make`, which it does not call for a record that would give the text it has. */
type Remember = (make: Make) => Make;

export const stretches: readonly Stretch[] = [
  stretch(['listener', 'route', 'pool', 'backend'], rememberPlaces),
  stretch(['method', 'host'], rememberRequest),
  stretch(['protocol', 'status', 'reason', 'detail', 'bytes_in'], rememberOutcome),
  stretch(['attempts', 'attempts_detail', 'reused', 'user_agent', 'generation'], rememberEffort),
];

function stretch(fields: readonly OwnField[], remember: Remember): Stretch {
  const parts = fields.map((field, at) => {
    const part = lineField(field, fieldSources[field]);
    return at === 0 ? { ...part, afterText: '', afterJson: '' } : part;
  });
  const isText = parts.at(-1)?.isText === true;
  const make = (record: ExchangeRecord) => withFields('', false, parts, record);
  return { fields, source: () => ({ isText, value: remember(make) }) };
}

/** Backends take turns, so each has the text of where it was last reached through; gone with the backend. */
function rememberPlaces(make: Make): Make {
  const places = new WeakMap<Backend, Place>();
  return (record) => {
    const { backend, listener, route } = record;
    if (backend === null) return make(record);
    const known = places.get(backend);
    if (known !== undefined && known.route === route && known.listener === listener) {
      return known.text;
    }
    const text = make(record);
    places.set(backend, { listener, route, text });
    return text;
  };
}

interface Place {
  readonly listener: string;
  readonly route: string;
  readonly text: string;
}

function rememberRequest(make: Make): Make {
  let text = '';
  let method: string | null = null;
  let host = '';
  return (record) => {
    if (record.host === host && record.method === method) return text;
    ({ method, host } = record);
    text = make(record);
    return text;
  };
}

function rememberOutcome(make: Make): Make {
  let text = '';
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
    if (isSame) return text;
    ({ protocol, status, reason, detail, bytesIn } = record);
    text = make(record);
    return text;
  };
}

function rememberEffort(make: Make): Make {
  let text = '';
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
    if (isSame) return text;
    ({ attempts, failedAttempts, reused, userAgent, generation } = record);
    text = make(record);
    return text;
  };
}
