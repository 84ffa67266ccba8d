import { resolve } from 'node:path';
import { type CheckConfig, checks } from '../health/catalog.ts';
import type { PassiveConfig } from '../health/circuit.ts';
import type { CheckDocument, PassiveDocument, PoolDocument } from './config-document.ts';
import { formatDuration, parseDuration } from './units.ts';

/** What stands under `health_checks`, and the folder that paths of modules start at. */
export interface CheckSources {
  readonly named: Readonly<Record<string, CheckDocument>>;
  readonly folder: string;
}

/** @returns null for `off`. */
export function buildCheck(
  check: PoolDocument['health_check'],
  { named, folder }: CheckSources,
): CheckConfig | null {
  if (check === 'off') return null;
  const document = typeof check === 'string' ? named[check] : check;
  if (document === undefined) throw new Error(`Cannot build a check: there is no ${check}`);
  const { type, interval, timeout, unhealthy_threshold, healthy_threshold, ...values } = document;
  const known = checks.find(({ name }) => name === type);
  const keys = Object.keys(known?.optionSchemas ?? {});
  const config = {
    type: known?.name ?? 'module',
    intervalMs: duration(interval),
    timeoutMs: duration(timeout),
    unhealthyThreshold: unhealthy_threshold,
    healthyThreshold: healthy_threshold,
    options:
      known === undefined
        ? { module: resolve(folder, type), content: values['content'] ?? '' }
        : Object.fromEntries(keys.map((key) => [key, values[key]])),
  };
  return config as unknown as CheckConfig; // with the options of its type, which the schema has checked
}

export function describeCheck(check: CheckConfig | null): PoolDocument['health_check'] {
  if (check === null) return 'off';
  const isModule = check.type === 'module';
  return {
    type: isModule ? check.options.module : check.type,
    interval: formatDuration(check.intervalMs),
    timeout: formatDuration(check.timeoutMs),
    unhealthy_threshold: check.unhealthyThreshold,
    healthy_threshold: check.healthyThreshold,
    ...(isModule ? {} : check.options),
  };
}

/** @returns null for `off`. */
export function buildPassive(passive: PoolDocument['passive_health']): PassiveConfig | null {
  if (passive === 'off') return null;
  return {
    consecutiveFailures: passive.consecutive_failures,
    ejectionMs: duration(passive.ejection),
    maxEjectionMs: duration(passive.max_ejection),
    minHealthy: passive.min_healthy,
    count5xx: passive.count_5xx,
    countSlowerThanMs: duration(passive.count_slower_than),
  };
}

export function describePassive(passive: PassiveConfig | null): 'off' | PassiveDocument {
  if (passive === null) return 'off';
  return {
    consecutive_failures: passive.consecutiveFailures,
    ejection: formatDuration(passive.ejectionMs),
    max_ejection: formatDuration(passive.maxEjectionMs),
    min_healthy: passive.minHealthy,
    count_5xx: passive.count5xx,
    count_slower_than: formatDuration(passive.countSlowerThanMs),
  };
}

/** @param text checked before. */
function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`Cannot build a check: ${text} passed the checks unread`);
  return ms;
}
