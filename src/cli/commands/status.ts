import { defineCommand } from '../command.ts';
import { controlOptions } from '../control-options.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'listeners, pools and backends at a glance',
  arguments: [],
  options: {
    watch: { type: 'boolean', help: 'draw it anew every second, until Ctrl-C' },
    ...controlOptions,
    json: { type: 'boolean', help: 'print JSON, for scripts' },
  },
  run: async ({ json = false, watch = false, control, config }, _args, io) => {
    const { runStatus } = await import('../status.ts');
    return runStatus({ json, watch, control, config }, io);
  },
});
