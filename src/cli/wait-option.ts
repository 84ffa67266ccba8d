export const waitOption = {
  type: 'string',
  value: 'TIME',
  help: 'come back when nothing is in flight there, or after this time: 60s, 10m',
} as const;
