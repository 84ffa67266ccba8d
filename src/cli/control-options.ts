import { configOption } from './config-option.ts';

/** Of every command that talks to a running lb. */
export const controlOptions = {
  control: {
    type: 'string',
    value: 'PATH',
    help: 'the control socket; without it, what global.control says',
    common: true,
  },
  config: { ...configOption, common: true },
  json: { type: 'boolean', help: 'print JSON, for scripts', common: true },
} as const;

/** Of every command that gives an order. */
export const whyOption = {
  type: 'string',
  value: 'TEXT',
  help: 'for whoever wonders later: status, log and state file keep it',
  common: true,
} as const;

/** Of every command about one backend. */
export const backendArgument = {
  name: 'POOL/BACKEND',
  help: 'as lb status shows them',
} as const;
