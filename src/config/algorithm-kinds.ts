import { algorithms } from '../balancing/catalog.ts';
import { didYouMean } from '../foundation/did-you-mean.ts';
import { definePattern, type Kind } from './kind.ts';
import { isModulePath } from './module-path.ts';
import { quote } from './problem.ts';

const names = algorithms.map(({ name }) => name);

export const algorithm: Kind = {
  allowed: `one of ${names.join(', ')}, or the path of a module such as ./my-algorithm.js`,
  complain(text) {
    if (names.includes(text) || isModulePath(text)) return null;
    if (isModulePath(`./${text}`))
      return `${quote(text)} is not known; for a module write ${quote(`./${text}`)}`;
    return `${quote(text)} is not known${didYouMean(text, names) || `; needs ${algorithm.allowed}`}`;
  },
};

export const hashKey: Kind = {
  allowed: 'client_ip or path',
  complain(text) {
    if (text === 'client_ip' || text === 'path') return null;
    if (['header', 'cookie', 'query'].includes(text))
      return `${quote(text)} needs a name; write { ${text}: NAME }`;
    return `${quote(text)} is not known${didYouMean(text, ['client_ip', 'path']) || '; needs client_ip, path, or a map with one of header, cookie, query'}`;
  },
};

export const parameterName: Kind = definePattern(
  'the name of a query parameter',
  /^[^\p{Cc} &=#]{1,128}$/u,
  'is not the name of a query parameter',
);
