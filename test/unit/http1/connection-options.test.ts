import { describe, expect, it } from 'vitest';
import { connectionOptions, NO_OPTIONS } from '../../../src/http1/connection-options.ts';
import { fieldSet } from '../../../src/http1/field-names.ts';
import { headText, parseRequest } from './parse-head.ts';

function options(...values: readonly string[]) {
  const lines = values.map((value) => `Connection: ${value}`);
  const head = parseRequest(headText('GET / HTTP/1.1', 'Host: a', ...lines));
  const { nominatedNames, ...rest } = connectionOptions(head.parser.fields);
  return { ...rest, names: nominatedNames.map((name) => Buffer.from(name).toString('latin1')) };
}

describe('the options of Connection', () => {
  it.each(['close', 'Close', 'CLOSE', ' close\t'])('%j is close', (value) => {
    expect(options(value)).toMatchObject({ close: true, keepAlive: false, names: [] });
  });

  it.each(['keep-alive', 'Keep-Alive', 'KEEP-alive'])('%j is keep-alive', (value) => {
    expect(options(value)).toMatchObject({ close: false, keepAlive: true, names: [] });
  });

  it('are members of a list over all fields', () => {
    expect(options('keep-alive', 'X-A ,, upgrade', '', 'cLose')).toMatchObject({
      close: true,
      keepAlive: true,
      upgrade: true,
      names: ['x-a'],
    });
  });

  it('nominate known fields as a set and others by name, in lower case', () => {
    const { nominated, names } = options('Accept, User-Agent, X-Custom, Cookie');
    expect(nominated).toBe(fieldSet('accept', 'user-agent'));
    expect(names).toEqual(['x-custom', 'cookie']);
  });

  it.each([
    'host',
    'content-length',
    'transfer-encoding',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-host',
    'x-forwarded-port',
    'forwarded',
    'via',
    'expect',
    'max-forwards',
    'x-request-id',
  ])('do not nominate %s', (name) => {
    expect(options(name, name.toUpperCase())).toMatchObject({ nominated: 0, names: [] });
  });

  it('are none without the field', () => {
    const head = parseRequest(headText('GET / HTTP/1.1', 'Host: a'));
    expect(connectionOptions(head.parser.fields)).toEqual(NO_OPTIONS);
    expect(head.connection).toBe(NO_OPTIONS);
  });
});
