import { defineCommand } from '../command.ts';
import { configOption } from '../config-option.ts';
import { configPath } from '../config-path.ts';

export const health = defineCommand({
  name: 'health',
  summary: 'ask a running lb whether it is well, as containers do',
  arguments: [],
  options: {
    config: configOption,
    ready: { type: 'boolean', help: 'ask whether it wants traffic, too: not while it stops' },
  },
  details: [
    'Asks the admin listener that the configuration names. Exit code 0 when the answer is yes, else 1.',
  ],
  run: async ({ config, ready = false }, _args, io) => {
    const { runHealth } = await import('../health.ts');
    return runHealth({ config: configPath(config), path: ready ? '/readyz' : '/healthz' }, io);
  },
});
