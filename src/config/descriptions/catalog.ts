import { algorithmOptionDescriptions } from './algorithm-options.ts';
import type { Description, Descriptions } from './description.ts';
import { globalDescriptions } from './global.ts';
import { healthDescriptions } from './health.ts';
import { listenerDescriptions } from './listeners.ts';
import { poolDescriptions } from './pools.ts';
import { testDescriptions } from './tests.ts';

/** Of every key of schema.ts. Nothing that serves traffic reads it. */
export const descriptions: Descriptions = {
  ...globalDescriptions,
  ...listenerDescriptions,
  ...poolDescriptions,
  ...healthDescriptions,
  ...testDescriptions,
  ...algorithmOptionDescriptions,
};

/** @returns undefined for what is no key with words of its own, and for keys that nobody has described yet. */
export function describeKey(path: string): Description | undefined {
  return descriptions[path.replace(/^health_checks\.NAME\b/, 'pools.NAME.health_check')];
}
