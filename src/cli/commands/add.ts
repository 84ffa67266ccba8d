import { defineCommand } from '../command.ts';
import { controlOptions, whyOption } from '../control-options.ts';

export const add = defineCommand({
  name: 'add',
  summary: 'add a backend that the file does not have',
  arguments: [
    { name: 'POOL', help: 'that gets it' },
    { name: 'ADDRESS', help: 'as lb.yaml spells it: host:port, "[::1]:port" or unix:/path' },
  ],
  options: {
    name: { type: 'string', value: 'NAME', help: 'without it, the address', common: true },
    weight: { type: 'string', value: 'N', help: 'its share of new traffic; without it 1' },
    backup: { type: 'boolean', help: 'used only when no other backend may be' },
    'max-connections': { type: 'string', value: 'N', help: 'without it no limit', common: true },
    why: whyOption,
    ...controlOptions,
  },
  details: [
    'It is probed as the others of its pool are, and survives reloads; lb remove takes it away.',
  ],
  run: async ({ json = false, control, config, ...values }, [pool = '', address = ''], io) => {
    const { poolPath } = await import('../control-client.ts');
    const { giveOrder } = await import('../order.ts');
    const { numberOf } = await import('../number-of.ts');
    const { name, weight, backup = false, why, 'max-connections': max } = values;
    const body = {
      address,
      backup,
      ...(name === undefined ? {} : { name }),
      ...(weight === undefined ? {} : { weight: numberOf('--weight', weight) }),
      ...(max === undefined ? {} : { max_connections: numberOf('--max-connections', max) }),
      ...(why === undefined ? {} : { why }),
    };
    const path = `${poolPath(pool)}/backends`;
    return giveOrder({ method: 'POST', path, body }, { json, control, config }, io);
  },
});
