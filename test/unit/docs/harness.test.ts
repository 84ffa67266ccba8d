import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { completeFragment } from '../../docs/config-fragment.ts';
import { anchorsOf, parsePage } from '../../docs/markdown.ts';
import { patternOf } from '../../docs/run-page.ts';
import { stepsOf } from '../../docs/steps.ts';

const kindsOf = (text: string) => stepsOf(parsePage(text)).map(({ kind, line }) => [kind, line]);

describe('a page', () => {
  it('has blocks with language, words, text and the comment above', () => {
    const text =
      'Say:\n<!-- why -->\n```sh server\nlb start\n```\n\n- so:\n  ```yaml\n  a: 1\n  ```\n';
    expect(parsePage(text).blocks).toEqual([
      { line: 3, language: 'sh', words: ['server'], text: 'lb start\n', note: 'why' },
      { line: 8, language: 'yaml', words: [], text: 'a: 1\n', note: '' },
    ]);
  });

  it('has headings and links, but not those within blocks and code', () => {
    const page = parsePage(
      '# A `b` [c](d.md)\n```\n# no\n[no](no.md)\n```\n`[no](no.md)`\n## A\n## A\n',
    );
    expect(page.headings.map(({ level, text }) => [level, text])).toEqual([
      [1, 'A `b` [c](d.md)'],
      [2, 'A'],
      [2, 'A'],
    ]);
    expect(page.links).toEqual([{ line: 1, target: 'd.md' }]);
    expect([...anchorsOf(page)]).toEqual(['a-b-c', 'a', 'a-1']);
  });

  it('must end its blocks', () =>
    expect(() => parsePage('```sh\nlb')).toThrow('line 1 has no end'));
});

describe('the steps of a page', () => {
  it('are its commands and configurations, and servers end with their section', () => {
    const text = [
      '## First',
      '```yaml file=lb.yaml\na: 1\n```',
      '```sh server\nlb start\n```',
      '```sh\ncurl x\n```',
      '```text output\nhello\n```',
      '### Within',
      '```sh\ncurl y\n```',
      '## Next',
      '```sh fails\nlb check\n```',
      '```sh server\nlb start\n```',
    ].join('\n');
    expect(kindsOf(text)).toEqual([
      ['config', 2],
      ['serve', 5],
      ['run', 8],
      ['run', 15],
      ['end', 15],
      ['fail', 19],
      ['serve', 22],
      ['end', 22],
    ]);
    expect(stepsOf(parsePage(text))[2]?.output).toBe('hello\n');
  });

  it('leave out what is checked elsewhere, where it says why and by what', () => {
    expect(
      kindsOf('<!-- not run: needs systemd; checked by .ci/run -->\n```sh not-run\nx\n```'),
    ).toEqual([]);
  });

  it.each([
    ['```sh not-run\nx\n```', 'needs "<!-- not run: WHY; checked by FILE -->" above it'],
    [
      '<!-- not run: x; checked by none.ts -->\n```sh not-run\nx\n```',
      'checked by none.ts, which does not exist',
    ],
    ['```sh sometimes\nx\n```', 'says "sometimes"; known: server, fails, not-run'],
    ['```\nlb start\n```', 'looks like commands; begin it with ```sh'],
    ['```cobol\nx\n```', 'has a language that no test knows'],
  ])('do not guess: %j', (text, message) => expect(() => kindsOf(text)).toThrow(message));
});

describe('a part of lb.yaml', () => {
  const listener = { bind: '127.0.0.1:8080', pool: 'web' };
  const pool = { backends: ['127.0.0.1:3000'] };

  it.each([
    [
      'pool',
      'algorithm: random',
      { listeners: [listener], pools: { web: { ...pool, algorithm: 'random' } } },
    ],
    [
      'global',
      'admin: off',
      { global: { admin: 'off' }, listeners: [listener], pools: { web: pool } },
    ],
    ['listener', 'name: x', { listeners: [{ ...listener, name: 'x' }], pools: { web: pool } }],
    [
      'route',
      'pool: api',
      { listeners: [{ bind: listener.bind, routes: [{ pool: 'api' }] }], pools: { api: pool } },
    ],
    [
      'fragment',
      'pools: { mail: { backends: [a:1] } }',
      { listeners: [listener], pools: { mail: { backends: ['a:1'] }, web: pool } },
    ],
  ])('becomes a whole one: %s', (word, text, whole) => {
    expect(parse(completeFragment(word, text))).toEqual(whole);
  });
});

describe('an expected output', () => {
  it.each([
    ['a … c\n', 'a b c\n', true],
    ['a … c\n', 'a b\nc\n', false],
    ['first\n…\nlast\n', 'first\n1\n2\nlast\n', true],
    ['first\n…\nlast\n', 'first\nlast\n', true],
    ['first\n', 'first\nsecond\n', false],
    ['a.c\n', 'abc\n', false],
  ])('%j takes %j: %s', (output, printed, taken) => {
    expect(patternOf(output, true).test(printed)).toBe(taken);
  });

  it('of a server is a part of what it prints', () => {
    expect(patternOf('ready …\n', false).test('starting\nready now\nmore\n')).toBe(true);
  });
});
