import { LbError } from '../foundation/lb-error.ts';

/** @param query as sent, without its `?`. @throws LbError REQUEST_INVALID */
export function readQuery(query: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (Object.hasOwn(values, name)) {
      throw new LbError('REQUEST_INVALID', `Cannot read the query: ${name} stands twice; keep one`);
    }
    values[name] = value;
  }
  return values;
}

/** @param text '' for no body. @throws LbError REQUEST_INVALID */
export function readBody(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {};
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LbError('REQUEST_INVALID', 'Cannot read the body: it is no JSON object; needs one');
  }
  return value as Record<string, unknown>; // any other object was refused
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot read the body: it is no JSON (${why}); needs a JSON object`;
    // biome-ignore lint/style/useErrorCause: the cause is the third argument of LbError
    throw new LbError('REQUEST_INVALID', message, { cause });
  }
}
