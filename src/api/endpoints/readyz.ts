import { problemAnswer } from '../answer.ts';
import { defineEndpoint } from '../endpoint.ts';
import { problem, said } from '../shapes.ts';

export const readyz = defineEndpoint({
  method: 'GET',
  path: '/readyz',
  summary: 'whether lb wants traffic, for a balancer or an orchestrator in front of it',
  access: 'open',
  answers: { 200: said, 503: problem },
  answer: (_request, operator) => {
    const why = operator.whyNotReady();
    return why === null
      ? { status: 200, body: { status: 200, message: 'ready for traffic' } }
      : problemAnswer(503, `not ready for traffic: ${why}`);
  },
});
