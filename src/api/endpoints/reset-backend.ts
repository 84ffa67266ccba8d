import { defineEndpoint } from '../endpoint.ts';
import { BACKEND_PATH, backendOf, byOf, orderFields, orderShape } from '../order-parts.ts';
import { problem } from '../shapes.ts';

export const resetBackend = defineEndpoint({
  method: 'POST',
  path: `${BACKEND_PATH}/reset`,
  summary: 'back to what the file says of a backend, and ready for traffic',
  access: 'change',
  body: orderFields,
  answers: { 200: orderShape, 404: problem, 409: problem },
  answer: async ({ parameters, body, who }, operator) => ({
    status: 200,
    body: await operator.reset(backendOf(parameters), byOf(who, body.why)),
  }),
});
