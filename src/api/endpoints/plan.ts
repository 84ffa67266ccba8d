import { invalidShape, planShape } from '../changes.ts';
import { defineEndpoint } from '../endpoint.ts';

export const plan = defineEndpoint({
  method: 'GET',
  path: '/api/v1/plan',
  summary: 'what a reload would change if the file were another one',
  // lb reads whatever path it is given, and quotes what it does not understand.
  access: 'local',
  query: {
    path: {
      type: 'text',
      maxLength: 4096,
      help: 'of the other file, absolute; lb must be allowed to read it',
      required: true,
    },
  },
  answers: { 200: planShape, 422: invalidShape },
  answer: async ({ query }, operator) => {
    const answer = await operator.plan(query.path);
    return { status: answer.outcome === 'planned' ? 200 : 422, body: answer };
  },
});
