import { definePattern, type Kind } from './kind.ts';

/** RFC 6265 §4.1.1: a token. */
export const cookieName: Kind = definePattern(
  "1 to 64 letters, digits or any of !#$%&'*+.^_`|~-",
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/,
  'is not the name of a cookie',
);

export const cookiePath: Kind = definePattern(
  'a path such as /app, in ASCII and without ";"',
  /^\/[!-:<-~]*$/,
  'is not the path of a cookie',
);

export const cookieDomain: Kind = definePattern(
  'a domain such as example.com',
  /^(?!.{254})[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i,
  'is not the domain of a cookie',
);

const minSecretCharacters = 16;

/** Of a wrong one nothing is repeated: messages are shown to others. */
export const secret: Kind = {
  allowed: `a secret of ${minSecretCharacters} or more characters`,
  complain(text) {
    if (/\p{Cc}/u.test(text)) return 'holds a control character; needs one line of text';
    if ([...text].length >= minSecretCharacters) return null;
    return `is too short to be a secret; needs ${minSecretCharacters} or more characters, such as \`openssl rand -hex 32\` prints`;
  },
};
