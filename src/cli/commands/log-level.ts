import { defineCommand } from '../command.ts';
import { controlOptions, whyOption } from '../control-options.ts';

export const logLevel = defineCommand({
  name: 'log-level',
  summary: 'write more or less of the operational log',
  arguments: [{ name: 'LEVEL', help: 'error, warn, info, debug or trace' }],
  options: { why: whyOption, ...controlOptions },
  details: ['It holds until a reload brings another level than the file had before, or lb ends.'],
  run: async ({ json = false, why, control, config }, [level = ''], io) => {
    const { giveOrder } = await import('../order.ts');
    const body = { level, ...(why === undefined ? {} : { why }) };
    const asked = { method: 'PUT', path: '/api/v1/log-level', body } as const;
    return giveOrder(asked, { json, control, config }, io);
  },
});
