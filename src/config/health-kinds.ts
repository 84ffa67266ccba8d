import { didYouMean } from '../foundation/did-you-mean.ts';
import { parseStatusRange } from '../foundation/status-codes.ts';
import { checks } from '../health/catalog.ts';
import { definePattern, type Kind } from './kind.ts';
import { isModulePath } from './module-path.ts';
import { quote } from './problem.ts';

/** Types of checks that lb.yaml calls by name; a module it calls by its path. */
export const checkTypes: readonly string[] = checks
  .map(({ name }) => name)
  .filter((name) => name !== 'module');

export const checkType: Kind = {
  allowed: `${checkTypes.join(', ')} or the path of a module such as ./my-check.js`,
  complain(text) {
    if (checkTypes.includes(text) || isModulePath(text)) return null;
    const advice = didYouMean(text, checkTypes) || `; needs ${checkType.allowed}`;
    return `${quote(text)} is not a type of check${advice}`;
  },
};

/** Which names there are is for the semantic checks to say. */
export const checkName: Kind = definePattern(
  'off, the name of one of health_checks, or a map with its settings',
  /^[A-Za-z0-9._-]{1,64}$/,
  'is not the name of a health check',
);

export const requestTarget: Kind = definePattern(
  'a path such as /health, in ASCII (others as %XX), with or without a query',
  /^\/[!"$-~]*$/,
  'is not what can be asked for',
);

export const statusCodes: Kind = {
  allowed: 'a status from 200 to 599, or a range of them such as 200-399',
  complain: (text) =>
    parseStatusRange(text) === null
      ? `${quote(text)} is no status code; needs ${statusCodes.allowed}`
      : null,
};

export const regex: Kind = {
  allowed: 'a regular expression of JavaScript',
  complain(text) {
    try {
      new RegExp(text, 'u');
      return null;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return `${quote(text)} cannot be compiled: ${why}; needs ${regex.allowed}`;
    }
  },
};

export const anyText: Kind = { allowed: 'text', complain: () => null };
