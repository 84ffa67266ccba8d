import { defineCommand } from '../command.ts';
import { backendArgument, controlOptions, whyOption } from '../control-options.ts';
import { waitOption } from '../wait-option.ts';

export const drain = defineCommand({
  name: 'drain',
  summary: 'give it nothing new but the clients that it keeps',
  arguments: [backendArgument],
  options: { why: whyOption, wait: waitOption, ...controlOptions },
  details: [
    'Sessions that do not end by themselves are closed when drain_timeout is over.',
    'Exit codes: 0 done (with --wait: nothing is in flight), 1 failed or not in time, 2 wrong usage.',
  ],
  run: async ({ json = false, why, wait, control, config }, [name = ''], io) => {
    const { runOrder } = await import('../order.ts');
    return runOrder(name, { order: 'draining', json, why, wait, control, config }, io);
  },
});
