import { defineCommand } from '../command.ts';
import { controlOptions } from '../control-options.ts';

export const explain = defineCommand({
  name: 'explain',
  summary: 'say where a request would go, and why',
  arguments: [
    { name: 'METHOD', help: 'such as GET' },
    { name: 'URL', help: 'whole, or a path, which is asked of the host localhost' },
  ],
  options: {
    header: {
      type: 'string',
      short: 'H',
      value: 'FIELD',
      help: 'of the request, as "Name: value"; may be given again',
      multiple: true,
    },
    config: {
      type: 'string',
      short: 'c',
      value: 'FILE',
      help: 'go by this file, and not by a running lb',
    },
    client: {
      type: 'string',
      value: 'IP',
      help: 'where the request comes from; without it 127.0.0.1',
      common: true,
    },
    listener: {
      type: 'string',
      value: 'NAME',
      help: 'who is asked; without it whoever is bound to the port of the URL, or all',
      common: true,
    },
    control: controlOptions.control,
    json: controlOptions.json,
  },
  details: [
    'Nothing is sent, counted or changed. Read and routed as a real request is, so',
    'that one which lb would refuse is explained as such.',
  ],
  run: async (values, [method = '', url = ''], io) => {
    const { runExplain } = await import('../explain.ts');
    const { header = [], client = '127.0.0.1', listener = null } = values;
    const { config, control, json = false } = values;
    const question = { method, url, headers: header, client_ip: client, listener };
    return runExplain({ question, config, control, json }, io);
  },
});
