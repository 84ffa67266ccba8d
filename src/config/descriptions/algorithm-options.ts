import type { Descriptions } from './description.ts';

/** The options of algorithms, under `algorithm.` and the name of the algorithm. */
export const algorithmOptionDescriptions: Descriptions = {
  'algorithm.ip_hash.ipv6_prefix': {
    meaning: 'How many bits of an IPv6 address tell clients apart.',
    example: '64',
  },
  'algorithm.consistent_hash.key': {
    meaning: 'What is hashed: the same key meets the same backend. `path` is without query.',
    example: '{ header: X-Tenant }',
    type: '`client_ip`, `path`, `{ header: NAME }`, `{ cookie: NAME }` or `{ query: NAME }`',
  },
  'algorithm.consistent_hash.virtual_nodes': {
    meaning: 'Points on the ring for each unit of weight: more are more even, and take memory.',
    example: '1024',
  },
  'algorithm.consistent_hash.bounded_load': {
    meaning: 'At most so many times its share of what is in flight for each backend.',
    example: '1.25',
    default: 'no bound',
  },
};
