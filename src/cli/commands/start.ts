import { defineCommand } from '../command.ts';
import { configOption } from '../config-option.ts';
import { configPath } from '../config-path.ts';

export const start = defineCommand({
  name: 'start',
  summary: 'run; SIGTERM or Ctrl-C ends it in order',
  arguments: [],
  options: {
    config: configOption,
    watch: { type: 'boolean', help: 'reload when the content of FILE changes' },
  },
  run: async ({ config, watch = false }, _args, io) => {
    const { runStart } = await import('../start.ts');
    return runStart({ config: configPath(config), watch }, io);
  },
});
