/** Of the operational log, from the one that matters most: it writes least. */
export const logLevels = ['error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof logLevels)[number];
