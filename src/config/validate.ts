import { nearestOf } from '../foundation/did-you-mean.ts';
import { explain } from './explain.ts';
import type { Finding } from './places.ts';
import type { Plain } from './plain.ts';
import { configSchema } from './schema.ts';
import { findViolations, type Violation } from './violations.ts';

/**
 * Checks the data against the schema and fills in, in place, every default that is missing.
 *
 * @returns one finding per mistake, none when the data is of type ConfigDocument.
 */
export function validate(root: Plain): readonly Finding[] {
  const errors = findViolations(root, configSchema);
  const misspelt = new Set(errors.map(keyThatWasMeant));
  return errors
    .filter((error) => error.keyword !== 'required' || !misspelt.has(missingKey(error)))
    .map((error) => explain(error, root));
}

/** Of an unknown key: where the known key it resembles is missing, that is the same mistake, not a second one. */
function keyThatWasMeant({ keyword, instancePath, params, parentSchema }: Violation): string {
  if (keyword !== 'additionalProperties') return '';
  const known = Object.keys(parentSchema.properties ?? {});
  return `${instancePath}/${nearestOf(String(params['additionalProperty']), known)}`;
}

function missingKey({ instancePath, params }: Violation): string {
  return `${instancePath}/${params['missingProperty']}`;
}
