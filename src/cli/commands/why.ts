import { LbError } from '../../foundation/lb-error.ts';
import { defineCommand } from '../command.ts';
import { controlOptions } from '../control-options.ts';

export const why = defineCommand({
  name: 'why',
  summary: 'say what became of a request, or of the latest',
  arguments: [
    {
      name: 'REQUEST_ID',
      help: 'the X-Request-ID; or a reason such as queue_full, to read about',
      repeated: true,
    },
  ],
  options: controlOptions,
  details: ['Those that failed, were refused, tried again or were slow are remembered.'],
  run: async ({ control, config, json = false }, [about, surplus], io) => {
    if (surplus !== undefined) {
      throw new LbError(
        'USAGE',
        `Cannot run why: ${JSON.stringify(surplus)} is one argument too many`,
      );
    }
    const { runWhy } = await import('../why.ts');
    return runWhy({ about, control, config, json }, io);
  },
});
