import { defineEndpoint } from '../endpoint.ts';
import { BACKEND_PATH, backendOf, bounds, byOf, orderFields, orderShape } from '../order-parts.ts';
import { problem } from '../shapes.ts';

export const weight = defineEndpoint({
  method: 'PUT',
  path: `${BACKEND_PATH}/weight`,
  summary: 'give a backend another weight than the file does',
  access: 'change',
  body: {
    weight: { ...bounds.weight, help: 'share of new traffic; 0: none', required: true },
    ...orderFields,
  },
  answers: { 200: orderShape, 404: problem, 409: problem },
  answer: async ({ parameters, body, who }, operator) => ({
    status: 200,
    body: await operator.weigh(backendOf(parameters), body.weight, byOf(who, body.why)),
  }),
});
