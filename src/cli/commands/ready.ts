import { defineCommand } from '../command.ts';
import { backendArgument, controlOptions, whyOption } from '../control-options.ts';

export const ready = defineCommand({
  name: 'ready',
  summary: 'give it traffic again, as far as it is healthy',
  arguments: [backendArgument],
  options: { why: whyOption, ...controlOptions },
  run: async ({ json = false, why, control, config }, [name = ''], io) => {
    const { runOrder } = await import('../order.ts');
    return runOrder(name, { order: 'ready', json, why, wait: undefined, control, config }, io);
  },
});
