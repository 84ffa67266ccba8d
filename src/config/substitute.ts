import { quote } from './problem.ts';

/** The environment variables that `${NAME}` may name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Complaint {
  /** Which `${` of the text is meant, counted from 0, escaped ones included. */
  readonly ordinal: number;
  readonly message: string;
}

export interface Substitution {
  readonly text: string;
  readonly complaints: readonly Complaint[];
}

const reference = /\$\$\{|\$\{([^}]*)(\}?)/g;
const nameAndDefault = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Replaces `${NAME}` and `${NAME:-default}` (for a variable that is unset or empty) and turns `$${` into a literal
 * `${`. What was put in is not looked at again, so a value cannot name another variable.
 */
export function substituteEnvironment(text: string, env: Environment): Substitution {
  const complaints: Complaint[] = [];
  if (!text.includes('${')) return { text, complaints };
  let ordinal = -1;
  const replaced = text.replace(reference, (whole, inner: string | undefined, closing: string) => {
    ordinal += 1;
    if (inner === undefined) return '${';
    const outcome = closing === '' ? unclosed : lookUp(inner, env);
    if (outcome.ok) return outcome.text;
    complaints.push({ ordinal, message: outcome.message });
    return whole;
  });
  return { text: replaced, complaints };
}

/** The inverse for text without references: what lb.yaml must say so that it means `text`. */
export function escapeReferences(text: string): string {
  return text.replaceAll('${', '$$${');
}

type Outcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

const unclosed: Outcome = {
  ok: false,
  message: `"\${" has no closing "}"; write $\${ for a literal \${`,
};

function lookUp(inner: string, env: Environment): Outcome {
  const [, name, fallback] = nameAndDefault.exec(inner) ?? [];
  if (name === undefined) {
    const allowed = `write \${NAME} or \${NAME:-default}, or $\${ for a literal \${`;
    return {
      ok: false,
      message: `${quote(`\${${inner}}`)} does not name an environment variable; ${allowed}`,
    };
  }
  if (fallback?.includes('${')) {
    return {
      ok: false,
      message: `the default of \${${name}} holds another \${; defaults are plain text`,
    };
  }
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (fallback !== undefined && (value === undefined || value === '')) {
    return { ok: true, text: fallback };
  }
  if (value !== undefined) return { ok: true, text: value };
  const todo = `set it, or write \${${name}:-default}`;
  return { ok: false, message: `environment variable ${name} is not set; ${todo}` };
}
