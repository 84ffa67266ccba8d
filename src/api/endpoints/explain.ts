import { defineEndpoint } from '../endpoint.ts';
import { explanationShape } from '../explanation.ts';
import { problem } from '../shapes.ts';

export const explain = defineEndpoint({
  method: 'POST',
  path: '/api/v1/explain',
  summary: 'where a request would go and why; nothing is sent',
  access: 'read',
  body: {
    method: { type: 'text', maxLength: 64, required: true, help: 'of the request' },
    url: { type: 'text', maxLength: 16_384, required: true, help: 'whole, or a path alone' },
    headers: {
      type: 'texts',
      maxItems: 100,
      maxLength: 16_384,
      help: 'further fields, each as "Name: value"',
    },
    client_ip: {
      type: 'text',
      maxLength: 64,
      help: 'where it would come from; 127.0.0.1 unless given',
    },
    listener: { type: 'text', maxLength: 128, help: 'name of the listener that is asked' },
  },
  answers: { 200: explanationShape, 404: problem },
  answer: ({ body }, operator) => {
    const { method, url, headers = [], client_ip = '127.0.0.1', listener = null } = body;
    return { status: 200, body: operator.explain({ method, url, headers, client_ip, listener }) };
  },
});
