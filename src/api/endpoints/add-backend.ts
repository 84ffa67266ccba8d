import { defineEndpoint } from '../endpoint.ts';
import { bounds, byOf, orderFields, orderShape } from '../order-parts.ts';
import { problem } from '../shapes.ts';

export const addBackend = defineEndpoint({
  method: 'POST',
  path: '/api/v1/pools/{pool}/backends',
  summary: 'add a backend that the file does not have',
  access: 'change',
  body: {
    address: { type: 'text', maxLength: 300, help: 'as lb.yaml spells it', required: true },
    name: { type: 'text', maxLength: 128, help: 'without it, the address' },
    weight: { ...bounds.weight, help: 'share of new traffic; without it 1' },
    max_connections: { ...bounds.maxConnections, help: 'without it no limit' },
    backup: { type: 'flag', help: 'used only when no other backend may be' },
    ...orderFields,
  },
  answers: { 200: orderShape, 404: problem, 409: problem },
  answer: async ({ parameters, body, who }, operator) => {
    const { address, name, weight = 1, max_connections = 0, backup = false, why } = body;
    const wanted = { address, name, weight, maxConnections: max_connections, backup };
    const { pool = '' } = parameters; // it stands in the path
    return { status: 200, body: await operator.add(pool, wanted, byOf(who, why)) };
  },
});
