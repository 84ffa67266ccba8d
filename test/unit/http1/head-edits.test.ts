import { describe, expect, it } from 'vitest';
import { fieldSet } from '../../../src/http1/field-names.ts';
import {
  appendedLines,
  compileEdits,
  type HeadEditRules,
  NO_EDITS,
} from '../../../src/http1/head-edits.ts';

const compiled = (rules: Partial<HeadEditRules>, via = false) => {
  const edits = compileEdits({ set: [], add: [], remove: [], ...rules }, via);
  return { ...edits, removedNames: edits.removedNames.map((name) => Buffer.from(name).toString()) };
};

describe('the edits of a route', () => {
  it('are free when there are none', () => {
    expect(compiled({})).toEqual(NO_EDITS);
  });

  it('remove known fields as a set and others by name, in lower case', () => {
    expect(compiled({ remove: ['Server', 'X-Powered-By', 'USER-AGENT'] })).toMatchObject({
      removed: fieldSet('server', 'user-agent'),
      removedNames: ['x-powered-by'],
      appended: '',
    });
  });

  it('set by removing and appending', () => {
    expect(
      compiled({
        set: [
          ['Host', 'a'],
          ['X-A', '1'],
        ],
      }),
    ).toMatchObject({
      removed: fieldSet('host'),
      removedNames: ['x-a'],
      appended: 'Host: a\r\nX-A: 1\r\n',
    });
  });

  it('add by appending alone, behind what they set', () => {
    expect(compiled({ add: [['X-B', '2']], set: [['X-A', '1']], remove: ['x-c'] })).toMatchObject({
      removed: 0,
      removedNames: ['x-c', 'x-a'],
      appended: 'X-A: 1\r\nX-B: 2\r\n',
    });
  });

  it('put Via first, with the version of the message that came', () => {
    const edits = compileEdits({ set: [], add: [['X-A', '1']], remove: [] }, true);
    expect(appendedLines(edits, 1)).toBe('Via: 1.1 lb\r\nX-A: 1\r\n');
    expect(appendedLines(edits, 0)).toBe('Via: 1.0 lb\r\nX-A: 1\r\n');
  });

  it('leave Via to a route that sets or removes it', () => {
    const removing = compileEdits({ set: [], add: [], remove: ['via'] }, true);
    const setting = compileEdits({ set: [['Via', '1.1 me']], add: [], remove: [] }, true);
    expect(appendedLines(removing, 1)).toBe('');
    expect(appendedLines(setting, 1)).toBe('Via: 1.1 me\r\n');
  });

  it('have no Via where it is switched off', () => {
    expect(appendedLines(compileEdits({ set: [], add: [], remove: [] }, false), 1)).toBe('');
  });
});
