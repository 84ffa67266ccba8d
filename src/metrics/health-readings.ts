/** Every state a backend can be in; docs/health.md says what each means. */
export const healthStates = [
  'up',
  'half_open',
  'ejected',
  'down',
  'draining',
  'maintenance',
] as const;

/** What is measured about the health of one backend. */
export interface HealthReadings {
  readonly pool: string;
  readonly name: string;
  readonly state: (typeof healthStates)[number];
  readonly takesTraffic: boolean;
  readonly probesPassed: number;
  readonly probesFailed: number;
  /** null before the first probe has ended. */
  readonly lastProbe: { readonly durationMs: number } | null;
  readonly ejections: number;
}
