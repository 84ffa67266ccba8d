import { defineCommand } from '../command.ts';
import { backendArgument, controlOptions, whyOption } from '../control-options.ts';

export const reset = defineCommand({
  name: 'reset',
  summary: 'back to what the file says, and ready for traffic',
  arguments: [backendArgument],
  options: { why: whyOption, ...controlOptions },
  run: async ({ json = false, why, control, config }, [name = ''], io) => {
    const { backendPath } = await import('../control-client.ts');
    const { giveOrder } = await import('../order.ts');
    const body = why === undefined ? {} : { why };
    const path = `${backendPath(name)}/reset`;
    return giveOrder({ method: 'POST', path, body }, { json, control, config }, io);
  },
});
