import { defineCommand } from '../command.ts';
import { configOption } from '../config-option.ts';
import { configPath } from '../config-path.ts';

export const check = defineCommand({
  name: 'check',
  summary: 'say what is wrong with a configuration, or print it',
  arguments: [],
  options: {
    config: configOption,
    print: { type: 'boolean', help: 'print the configuration with every default' },
  },
  run: async ({ config, print = false }, _args, io) => {
    const { runCheck } = await import('../check.ts');
    return runCheck({ config: configPath(config), print }, io);
  },
});
