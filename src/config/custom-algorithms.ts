import { dirname, resolve } from 'node:path';
import type { ErrorObject } from 'ajv';
import type { Algorithm } from '../balancing/algorithm.ts';
import type { CustomAlgorithms } from '../balancing/configured.ts';
import { readAlgorithm, tryOut } from '../balancing/custom-algorithm.ts';
import { moduleUrl } from '../foundation/module-url.ts';
import {
  type AlgorithmUse,
  algorithmNameOf,
  algorithmUses,
  keyOnTcp,
  tcpListenerOf,
} from './check-algorithms.ts';
import { whyUnreadable } from './files.ts';
import { isModulePath } from './module-path.ts';
import type { Finding, Where } from './places.ts';
import { asMap, type PlainMap } from './plain.ts';
import { quote } from './problem.ts';
import { readModule } from './read-module.ts';
import type { Sources } from './sources.ts';

export interface CustomLoad {
  readonly algorithms: CustomAlgorithms;
  readonly findings: readonly Finding[];
}

type Import = { readonly algorithm: Algorithm } | { readonly complaint: string };

/**
 * Loads the modules that `algorithm:` names and tries each out with the options it is given. This runs their code, so it
 * comes last, for a file that is right in all else.
 *
 * @param root checked; options that are missing are filled in with the defaults of the module's schema.
 * @param file lb.yaml, whose folder relative paths start from.
 * @param sources told of the modules.
 */
export async function loadCustomAlgorithms(
  root: PlainMap,
  file: string,
  where: Where,
  sources: Sources | null,
): Promise<CustomLoad> {
  const imports = new Map<string, Import>();
  const findings: Finding[] = [];
  for (const use of algorithmUses(root)) {
    const name = algorithmNameOf(use);
    if (name === null || !isModulePath(name)) continue;
    const path = resolve(dirname(file), name);
    const imported = imports.get(name) ?? (await importAlgorithm(path, sources));
    imports.set(name, imported);
    if ('complaint' in imported) findings.push(unusable(use, name, imported.complaint));
    else findings.push(...(await checkUse(use, name, imported.algorithm, root, where)));
  }
  const algorithms = [...imports].flatMap(([name, imported]) =>
    'algorithm' in imported ? [[name, imported.algorithm] as const] : [],
  );
  return { algorithms: new Map(algorithms), findings };
}

/** A module is loaded once per content: after a change, a reload gets the new one. */
async function importAlgorithm(path: string, sources: Sources | null): Promise<Import> {
  let content: string;
  try {
    content = await readModule(path, sources);
  } catch (error) {
    return {
      complaint: `it cannot be read: ${whyUnreadable(error)}; needs a file that lb can read`,
    };
  }
  try {
    const result = readAlgorithm(await import(moduleUrl(path, content)));
    return result.ok ? { algorithm: result.algorithm } : { complaint: result.complaint };
  } catch (error) {
    return { complaint: `it threw when it was loaded: ${error}; correct the module` };
  }
}

async function checkUse(
  use: AlgorithmUse,
  name: string,
  algorithm: Algorithm,
  root: PlainMap,
  where: Where,
): Promise<readonly Finding[]> {
  const { name: _, ...options } = asMap(use.holder['algorithm']);
  const wrong = await checkOptions(use, name, algorithm, options);
  if (wrong.length > 0) return wrong;
  const complaint = tryOut(algorithm, options);
  if (complaint !== null) return [unusable(use, name, complaint)];
  const part = algorithm.key?.(options).of ?? 'client_ip';
  const listener = tcpListenerOf(root, use.pool);
  if (part !== 'client_ip' && listener !== null) {
    return [{ path: use.path, at: 'value', message: keyOnTcp(part, where(listener)) }];
  }
  use.holder['algorithm'] = { name, ...options };
  return [];
}

/** Fills in, in place, the defaults of options that are missing. */
async function checkOptions(
  use: AlgorithmUse,
  name: string,
  { optionsSchema }: Algorithm,
  options: PlainMap,
): Promise<readonly Finding[]> {
  // The compiler is large; who has no module does without.
  const { Ajv } = await import('ajv');
  try {
    const ajv = new Ajv({ allErrors: true, useDefaults: true, allowUnionTypes: true });
    const accepts = ajv.compile(optionsSchema);
    return accepts(options) ? [] : (accepts.errors ?? []).map((error) => wrongOption(use, error));
  } catch (error) {
    return [unusable(use, name, `its optionsSchema is no JSON Schema: ${whyUnreadable(error)}`)];
  }
}

function wrongOption(use: AlgorithmUse, { instancePath, message, params }: ErrorObject): Finding {
  const steps = instancePath.split('/').slice(1);
  const unknown = params['additionalProperty'];
  if (unknown === undefined)
    return { path: [...use.path, ...steps], at: 'value', message: message ?? 'is not accepted' };
  return { path: [...use.path, ...steps, String(unknown)], at: 'key', message: 'unknown option' };
}

function unusable(use: AlgorithmUse, name: string, complaint: string): Finding {
  const isMap = Object.keys(asMap(use.holder['algorithm'])).length > 0;
  const path = isMap ? [...use.path, 'name'] : use.path;
  return { path, at: 'value', message: `${quote(name)} cannot be used: ${complaint}` };
}
