import type { Reason } from '../../src/foundation/reason.ts';
import { dubiousRequests, dubiousResponses, validRequests, validResponses } from './corpus.ts';
import type { Corpus } from './generate.ts';
import type { Input } from './input.ts';
import { LlhttpRequests } from './llhttp-requests.ts';
import { LlhttpResponses } from './llhttp-responses.ts';
import { OurRequests } from './our-requests.ts';
import { OurResponses } from './our-responses.ts';
import type { Reading } from './reading.ts';
import { type Tolerance, toleratedInRequests, toleratedInResponses } from './tolerated.ts';

/** What either kind of message may be refused for. */
const COMMON_REASONS = [
  'bad_line_end',
  'bad_field_name',
  'space_before_colon',
  'folded_field',
  'bad_field_value',
  'header_too_large',
  'too_many_fields',
  'bad_chunk_size',
  'bad_chunk_extension',
  'bad_chunk_end',
  'bad_trailer',
] satisfies Reason[];

/** One of the two things that are fuzzed. */
export interface Subject {
  readonly name: 'requests' | 'responses';
  readonly corpus: Corpus;
  readonly ours: { read(input: Input): Reading };
  readonly theirs: { readAll(inputs: readonly Input[]): Promise<Reading[]> };
  /** What our parser may refuse an input for; fuzzing that does not meet them all has gone blunt. */
  readonly reasons: readonly Reason[];
  readonly tolerances: readonly Tolerance[];
}

export function requestSubject(): Subject {
  return {
    name: 'requests',
    corpus: { valid: validRequests, dubious: dubiousRequests, longestRun: 5, asked: ['get'] },
    ours: new OurRequests(),
    theirs: new LlhttpRequests(),
    reasons: [
      ...COMMON_REASONS,
      'bad_method',
      'bad_target',
      'bad_version',
      'missing_host',
      'repeated_host',
      'bad_host',
      'host_contradicts_target',
      'bad_content_length',
      'repeated_content_length',
      'length_and_chunked',
      'bad_transfer_encoding',
      'transfer_encoding_in_http10',
      'unknown_transfer_coding',
      'target_too_long',
      'connect_method',
      'unsupported_version',
    ],
    tolerances: toleratedInRequests,
  };
}

export function responseSubject(): Subject {
  return {
    name: 'responses',
    corpus: {
      valid: validResponses,
      dubious: dubiousResponses,
      longestRun: 2,
      asked: ['get', 'get', 'head', 'upgrade'],
    },
    ours: new OurResponses(),
    theirs: new LlhttpResponses(),
    reasons: [
      ...COMMON_REASONS,
      'bad_status_line',
      'bad_switch',
      'length_and_chunked',
      'repeated_content_length',
      'bad_content_length',
      'bad_transfer_encoding',
      'transfer_encoding_in_http10',
    ],
    tolerances: toleratedInResponses,
  };
}
