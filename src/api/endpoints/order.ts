import { defineEndpoint } from '../endpoint.ts';
import { BACKEND_PATH, backendOf, byOf, orderFields, orderShape } from '../order-parts.ts';
import { problem } from '../shapes.ts';

export const order = defineEndpoint({
  method: 'PUT',
  path: `${BACKEND_PATH}/order`,
  summary: 'drain a backend, take it out for maintenance, or give it traffic again',
  access: 'change',
  body: {
    order: {
      type: 'word',
      words: ['ready', 'draining', 'maintenance'],
      help: 'draining keeps the clients that it has, maintenance gets nothing at all',
      required: true,
    },
    ...orderFields,
  },
  answers: { 200: orderShape, 404: problem },
  answer: async ({ parameters, body, who }, operator) => ({
    status: 200,
    body: await operator.order(backendOf(parameters), body.order, byOf(who, body.why)),
  }),
});
