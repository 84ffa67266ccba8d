import { defineEndpoint } from '../endpoint.ts';
import { BACKEND_PATH, backendOf } from '../order-parts.ts';
import { problem } from '../shapes.ts';
import { backendShape } from '../status.ts';

/** Whoever waits longer asks again. */
const MAX_WAIT_SECONDS = 60;

export const backend = defineEndpoint({
  method: 'GET',
  path: BACKEND_PATH,
  summary: 'one backend; with `wait`, as soon as nothing is in flight there',
  access: 'read',
  query: {
    wait: {
      type: 'integer',
      minimum: 0,
      maximum: MAX_WAIT_SECONDS,
      help: 'seconds to wait at most until nothing is in flight, or it is ready for traffic again',
    },
  },
  answers: { 200: backendShape, 404: problem },
  answer: async ({ parameters, query, signal }, operator) => {
    const name = backendOf(parameters);
    const { wait = 0 } = query;
    const body =
      wait === 0 ? operator.backend(name) : await operator.waitUntilIdle(name, wait * 1000, signal);
    return { status: 200, body };
  },
});
