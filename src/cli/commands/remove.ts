import { defineCommand } from '../command.ts';
import { backendArgument, controlOptions, whyOption } from '../control-options.ts';

export const remove = defineCommand({
  name: 'remove',
  summary: 'remove a backend although the file has it',
  arguments: [backendArgument],
  options: { why: whyOption, ...controlOptions },
  run: async ({ json = false, why, control, config }, [name = ''], io) => {
    const { backendPath } = await import('../control-client.ts');
    const { giveOrder } = await import('../order.ts');
    const query = why === undefined ? '' : `?why=${encodeURIComponent(why)}`;
    const path = `${backendPath(name)}${query}`;
    return giveOrder({ method: 'DELETE', path }, { json, control, config }, io);
  },
});
