import { logLevels } from '../../foundation/log-level.ts';
import { defineEndpoint } from '../endpoint.ts';
import { byOf, orderFields } from '../order-parts.ts';
import { flag, record, text } from '../shapes.ts';

export const logLevel = defineEndpoint({
  method: 'PUT',
  path: '/api/v1/log-level',
  summary: 'write another level of the operational log than the file says',
  access: 'change',
  body: {
    level: {
      type: 'word',
      words: logLevels,
      help: 'lines of this level and of those that matter more are written, until a reload brings another level or lb ends',
      required: true,
    },
    ...orderFields,
  },
  answers: { 200: record({ changed: flag, message: text }) },
  answer: ({ body, who }, operator) => ({
    status: 200,
    body: operator.setLogLevel(body.level, byOf(who, body.why)),
  }),
});
