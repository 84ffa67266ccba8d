import { defineCommand } from '../command.ts';

export const demo = defineCommand({
  name: 'demo',
  summary: 'a balancer before three backends; needs nothing else',
  arguments: [],
  options: {
    listen: {
      type: 'string',
      value: 'ADDRESS',
      help: 'of the balancer; without it :8080',
      common: true,
    },
    admin: {
      type: 'string',
      value: 'ADDRESS',
      help: 'of metrics and status; without it 127.0.0.1:9901',
      common: true,
    },
  },
  run: async ({ listen = ':8080', admin = '127.0.0.1:9901' }, _args, io) => {
    const { runDemo } = await import('../demo.ts');
    return runDemo({ listen, admin }, io);
  },
});
