import { defineCommand } from '../command.ts';
import { configPath } from '../config-path.ts';
import { controlOptions } from '../control-options.ts';

export const plan = defineCommand({
  name: 'plan',
  summary: 'say what a reload with FILE would change',
  arguments: [],
  options: {
    config: {
      type: 'string',
      short: 'c',
      value: 'FILE',
      help: 'the file to compare; without it ./lb.yaml, then /etc/lb/lb.yaml',
    },
    from: {
      type: 'string',
      value: 'FILE',
      help: 'compare with this file instead of with the lb that runs',
    },
    control: controlOptions.control,
    json: controlOptions.json,
  },
  details: [
    'Exit codes: 0 nothing would change, 3 something would, 1 failed, 2 the file is invalid.',
  ],
  run: async ({ json = false, config, from, control }, _args, io) => {
    const { runPlan } = await import('../plan.ts');
    return runPlan({ json, config: configPath(config), from, control }, io);
  },
});
