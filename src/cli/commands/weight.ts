import { defineCommand } from '../command.ts';
import { backendArgument, controlOptions, whyOption } from '../control-options.ts';

export const weight = defineCommand({
  name: 'weight',
  summary: 'give it another weight than the file does',
  arguments: [backendArgument, { name: 'N', help: 'its share of new traffic, 0 to 1000; 0: none' }],
  options: { why: whyOption, ...controlOptions },
  run: async ({ json = false, why, control, config }, [name = '', weight = ''], io) => {
    const { backendPath } = await import('../control-client.ts');
    const { giveOrder } = await import('../order.ts');
    const { numberOf } = await import('../number-of.ts');
    const body = { weight: numberOf('N', weight), ...(why === undefined ? {} : { why }) };
    const path = `${backendPath(name)}/weight`;
    return giveOrder({ method: 'PUT', path, body }, { json, control, config }, io);
  },
});
