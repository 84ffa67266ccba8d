import type { Descriptions } from './description.ts';

/** The keys of `pools` about how the health of backends is judged. */
export const healthDescriptions: Descriptions = {
  'pools.NAME.health_check': {
    meaning: 'How its backends are probed: see below.',
    example: '{ type: http, path: /health }',
    default: 'a check of type `tcp`',
  },
  'pools.NAME.health_check.type': {
    meaning:
      'What a probe does. `./my-check.js` starts at the folder of lb.yaml: [extending.md](extending.md).',
    example: 'http',
  },
  'pools.NAME.health_check.interval': {
    meaning:
      'From one probe to the next, shorter or longer by up to 10 %; 1 s while the verdict is changing.',
    example: '10s',
  },
  'pools.NAME.health_check.timeout': { meaning: 'For the whole probe.', example: '1s' },
  'pools.NAME.health_check.unhealthy_threshold': {
    meaning: 'Failures in a row that make a healthy backend unhealthy.',
    example: '2',
  },
  'pools.NAME.health_check.healthy_threshold': {
    meaning: 'Passes in a row that make an unhealthy backend healthy.',
    example: '3',
  },
  'pools.NAME.health_check.send': {
    meaning: 'tcp: said after connecting.',
    example: '"EHLO lb\\r\\n"',
  },
  'pools.NAME.health_check.expect': {
    meaning: 'tcp: must appear in the first 16 KiB of the answer; empty: being accepted is enough.',
    example: '"250 "',
  },
  'pools.NAME.health_check.method': { meaning: 'http: of the request.', example: 'HEAD' },
  'pools.NAME.health_check.path': { meaning: 'http: what is asked for.', example: '/health' },
  'pools.NAME.health_check.host': {
    meaning: 'http: the `Host` field; empty: the address of the backend.',
    example: 'example.com',
  },
  'pools.NAME.health_check.headers': {
    meaning: "http: further fields; `User-Agent` and `Accept` replace lb's own.",
    example: '{ X-Probe: lb }',
  },
  'pools.NAME.health_check.body': { meaning: 'http: the body of the request.', example: 'ping' },
  'pools.NAME.health_check.expected_codes': {
    meaning: 'http: what a response must have; redirects are not followed.',
    example: '[200, 300-399]',
  },
  'pools.NAME.health_check.expected_body': {
    meaning: 'http: must appear in the first 64 KiB of the body; empty: any body will do.',
    example: 'ok',
  },
  'pools.NAME.health_check.expected_body_regex': {
    meaning: 'http: must match these 64 KiB.',
    example: '^(ok|ready)$',
  },
  'pools.NAME.passive_health': {
    meaning: 'How its backends are judged by their traffic.',
    example: 'off',
    default: 'on',
  },
  'pools.NAME.passive_health.consecutive_failures': {
    meaning:
      'Connections refused or failed, timeouts and resets before a response, in a row, that eject a backend.',
    example: '5',
  },
  'pools.NAME.passive_health.ejection': {
    meaning: 'The first ejection; each further one lasts twice as long.',
    example: '10s',
  },
  'pools.NAME.passive_health.max_ejection': {
    meaning: 'The longest ejection; at least `ejection`.',
    example: '5m',
  },
  'pools.NAME.passive_health.min_healthy': {
    meaning: 'Ejections leave at least this many backends in traffic.',
    example: '2',
  },
  'pools.NAME.passive_health.count_5xx': {
    meaning: 'Responses with a status of 500 or more are failures, too.',
    example: 'true',
  },
  'pools.NAME.passive_health.count_slower_than': {
    meaning: 'Responses whose head takes longer are failures, too; 0: none.',
    example: '10s',
  },
  health_checks: { meaning: 'Health checks by name, for pools to refer to.' },
};
