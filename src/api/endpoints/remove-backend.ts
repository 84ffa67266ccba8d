import { defineEndpoint } from '../endpoint.ts';
import { BACKEND_PATH, backendOf, byOf, orderFields, orderShape } from '../order-parts.ts';
import { problem } from '../shapes.ts';

export const removeBackend = defineEndpoint({
  method: 'DELETE',
  path: BACKEND_PATH,
  summary: 'remove a backend although the file has it; what is in flight there ends by itself',
  access: 'change',
  query: orderFields,
  answers: { 200: orderShape, 404: problem, 409: problem },
  answer: async ({ parameters, query, who }, operator) => ({
    status: 200,
    body: await operator.remove(backendOf(parameters), byOf(who, query.why)),
  }),
});
