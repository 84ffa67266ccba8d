import { defineEndpoint } from '../endpoint.ts';
import { statusShape } from '../status.ts';

export const status = defineEndpoint({
  method: 'GET',
  path: '/api/v1/status',
  summary: 'listeners, routes, pools and backends as they are now',
  access: 'read',
  answers: { 200: statusShape },
  answer: (_request, operator) => ({ status: 200, body: operator.status() }),
});
