import { describe, expect, it } from 'vitest';
import { copyFields, HOP_BY_HOP } from '../../../src/http1/copy-fields.ts';
import { fieldSet } from '../../../src/http1/field-names.ts';
import { headText, parseRequest, written } from './parse-head.ts';

const LINES = ['Host: a', 'X-A:1', 'Via: 1.1 b', 'x-a:\t2 ', 'Accept:', 'X-B: 3'];
const head = parseRequest(headText('GET / HTTP/1.1', ...LINES));

/** The lines of the head that are left without these fields. */
function kept(dropped: number, ...names: readonly string[]): readonly string[] {
  const bytes = names.map((name) => Buffer.from(name));
  const text = written((out) => copyFields(out, head.parser.fields, dropped, bytes));
  expect(text === '' || text.endsWith('\r\n')).toBe(true);
  return text.split('\r\n').slice(0, -1);
}

const without = (...indexes: readonly number[]) => LINES.filter((_, at) => !indexes.includes(at));

describe('copying field lines', () => {
  it('copies them byte for byte when nothing is left out', () => {
    expect(kept(0)).toEqual(LINES);
    expect(kept(fieldSet('te'), 'x-c')).toEqual(LINES);
  });

  it('leaves out the first, one in the middle, the last', () => {
    expect(kept(fieldSet('host'))).toEqual(without(0));
    expect(kept(fieldSet('via'))).toEqual(without(2));
    expect(kept(0, 'x-b')).toEqual(without(5));
  });

  it('leaves out neighbours and every field of a name', () => {
    expect(kept(fieldSet('via'), 'x-a')).toEqual(without(1, 2, 3));
    expect(kept(fieldSet('accept'), 'x-b')).toEqual(without(4, 5));
  });

  it('leaves out all of them', () => {
    expect(kept(fieldSet('host', 'via', 'accept'), 'x-a', 'x-b')).toEqual([]);
  });

  it('matches names whole', () => {
    expect(kept(0, 'x', 'x-', 'x-aa', 'ost', 'host')).toEqual(LINES);
  });

  it('has nothing to copy in a head without fields', () => {
    const bare = parseRequest(headText('GET / HTTP/1.0'));
    const all = [Buffer.from('x')];
    expect(written((out) => copyFields(out, bare.parser.fields, HOP_BY_HOP, all))).toBe('');
  });

  it('knows the fields that never pass a hop', () => {
    const names = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];
    const lines = [...names, 'http2-settings', 'transfer-encoding'].map((name) => `${name}: x`);
    const response = parseRequest(headText('GET / HTTP/1.1', 'Host: a', ...lines.slice(0, -1)));
    expect(written((out) => copyFields(out, response.parser.fields, HOP_BY_HOP, []))).toBe(
      'Host: a\r\n',
    );
    expect(HOP_BY_HOP & fieldSet('transfer-encoding')).not.toBe(0);
  });
});
