import type { ReloadAnswer } from '../changes.ts';
import { failedShape, invalidShape, reloadShape } from '../changes.ts';
import { defineEndpoint } from '../endpoint.ts';
import { byOf, orderFields } from '../order-parts.ts';

const statuses: Readonly<Record<ReloadAnswer['outcome'], number>> = {
  changed: 200,
  unchanged: 200,
  invalid: 422,
  failed: 409,
};

export const reload = defineEndpoint({
  method: 'POST',
  path: '/api/v1/reload',
  summary: 'go over to what the file says now, and tell what has changed or why nothing has',
  access: 'change',
  body: orderFields,
  answers: { 200: reloadShape, 409: failedShape, 422: invalidShape },
  answer: async ({ body, who }, operator) => {
    const answer = await operator.reload(byOf(who, body.why));
    return { status: statuses[answer.outcome], body: answer };
  },
});
