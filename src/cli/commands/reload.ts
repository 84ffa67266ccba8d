import { defineCommand } from '../command.ts';
import { controlOptions, whyOption } from '../control-options.ts';

export const reload = defineCommand({
  name: 'reload',
  summary: 'go over to what the file says now',
  arguments: [],
  options: { why: whyOption, ...controlOptions },
  details: [
    'Exit codes: 0 done, 1 failed, 2 the file is invalid; after 1 and 2 everything is as it was.',
  ],
  run: async ({ json = false, why, control, config }, _args, io) => {
    const { runReload } = await import('../reload.ts');
    return runReload({ json, why, control, config }, io);
  },
});
