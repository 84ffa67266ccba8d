import { defineEndpoint } from '../endpoint.ts';
import { exchangesShape } from '../exchanges.ts';

const MAX_LISTED = 1000;

export const exchanges = defineEndpoint({
  method: 'GET',
  path: '/api/v1/exchanges',
  summary: 'the latest exchanges that failed, were refused, retried or slow, and why',
  access: 'read',
  query: {
    request_id: { type: 'text', maxLength: 128, help: 'only those with this X-Request-ID' },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_LISTED,
      help: 'how many at most, the newest first; 20 unless given',
    },
  },
  answers: { 200: exchangesShape },
  answer: ({ query: { request_id = null, limit = 20 } }, operator) => ({
    status: 200,
    body: operator.exchanges(request_id, limit),
  }),
});
