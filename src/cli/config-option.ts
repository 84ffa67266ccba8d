/** Of every command that reads a configuration file. */
export const configOption = {
  type: 'string',
  short: 'c',
  value: 'FILE',
  help: 'the configuration; without it ./lb.yaml, then /etc/lb/lb.yaml',
} as const;
