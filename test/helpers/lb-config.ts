/** Part of an lb.yaml in its own words; written as JSON, which is YAML. */
export type ConfigPart = Readonly<Record<string, unknown>>;

export interface LbConfig {
  readonly global?: ConfigPart;
  readonly listeners: readonly ConfigPart[];
  readonly pools: Readonly<Record<string, ConfigPart>>;
}

export interface Overrides {
  readonly global?: ConfigPart;
  readonly listener?: ConfigPart & { readonly routes?: readonly ConfigPart[] };
  readonly pool?: ConfigPart;
}

/** One HTTP listener `web` in front of one pool `app`. */
export function webConfig(backends: readonly string[], overrides: Overrides = {}): LbConfig {
  return oneListener({ name: 'web', protocol: 'http' }, backends, overrides);
}

/** One TCP listener `tcp` in front of one pool `app`. */
export function tcpConfig(backends: readonly string[], overrides: Overrides = {}): LbConfig {
  return oneListener({ name: 'tcp', protocol: 'tcp' }, backends, overrides);
}

function oneListener(
  listener: ConfigPart,
  backends: readonly string[],
  overrides: Overrides,
): LbConfig {
  // A listener has either a pool or routes.
  const target = overrides.listener?.routes === undefined ? { pool: 'app' } : {};
  return {
    global: { ...overrides.global },
    listeners: [{ ...listener, bind: '127.0.0.1:0', ...target, ...overrides.listener }],
    // Probes would be connections and bytes that no test asked for.
    pools: { app: { backends, health_check: 'off', ...overrides.pool } },
  };
}
