import { defineEndpoint } from '../endpoint.ts';
import { said } from '../shapes.ts';

export const healthz = defineEndpoint({
  method: 'GET',
  path: '/healthz',
  summary: 'whether the process runs: it does when this is answered at all',
  access: 'open',
  answers: { 200: said },
  answer: () => ({ status: 200, body: { status: 200, message: 'the process runs' } }),
});
