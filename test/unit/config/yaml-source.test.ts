import fc from 'fast-check';
import { expect, it } from 'vitest';
import { problemsOf } from './parse.ts';

it.each([
  ['an anchor', 'a: &x 1', '1:4: "&x" is an anchor'],
  ['an alias', 'a: *x', '1:4: "*x" is an alias'],
  ['a tag', 'a: !!binary aGk=', '1:4: "!!binary" is a tag'],
  ['a directive', '%YAML 1.1\n---\na: 1', '1:1: "%YAML 1.1" is a YAML directive'],
  ['a second document', 'a: 1\n---\nb: 2', '2:1: cannot be read: a second document begins here'],
  ['a variable in a list', 'a: [${X}]', '1:6: "${" stands inside [ ] or { }'],
  ['a variable in a map', 'a: { b: ${X} }', '1:10: "${" stands inside [ ] or { }'],
  ['a tab', 'a:\n\tb: 1', '2:1: cannot be read as YAML: a tab indents here'],
  ['a colon too many', 'a: b: c', '1:4: cannot be read as YAML: a second ": " in one line'],
  ['an open quote', 'a: "b\n\n', '1:6: cannot be read as YAML: Missing closing "quote'],
  ['an open list', 'a: [b, c\n\n', '1:9: cannot be read as YAML: Flow sequence in block'],
])('refuses %s', (_what, text, problem) => {
  expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
});

it('does not take signs inside text for YAML', () => {
  const text = 'listeners: [{ bind: ":80", name: "*a &b !c %d ${e", pool: web }]\n# &a *b\n';
  expect(problemsOf(`${text}pools: { web: { backends: ["a:1"] } }`)).toEqual([
    expect.stringContaining('"${" has no closing "}"'),
  ]);
});

it('tells the wrong indentation of several lines once for each', () => {
  const lines = problemsOf('a: b: c: d\ne: 1\nf: g: h').map((problem) => problem.split(':')[0]);
  expect(lines).toEqual(['1', '3']);
});

it.each([
  ['brackets', '['.repeat(100_000)],
  ['braces', '{a: '.repeat(100_000)],
  ['dashes', '- '.repeat(100_000)],
  ['keys', '? '.repeat(100_000)],
])('refuses %s without end before they fill the stack', (_what, text) => {
  expect(problemsOf(text)).toEqual([expect.stringContaining('more than 64 levels')]);
});

it('refuses more tokens than memory should hold', () => {
  expect(problemsOf('\n'.repeat(1_500_001))).toEqual([
    expect.stringContaining('more than 1500000 YAML tokens'),
  ]);
}, 30_000);

it('has a problem with every text that is no configuration, and never throws', () => {
  const piece = fc.constantFrom(
    ...'- |? |: |: |, |[|]|{|}|&a |*a |!t |%|#|"|\'|\\|\n|\n  |\n    |\t|\r\n|---\n|...\n|| |>|~|${A}|${'.split(
      '|',
    ),
    ...['listeners', 'pools', 'global', 'web', 'bind', ':8080', 'routes', 'null', '1', '\ufeff'],
    ...['\u0000', '\u001f', '\u0002', '\u0018', '__proto__', 'constructor', '_file', '|'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const problems = problemsOf(pieces.join(''));
      expect(problems).not.toEqual([]);
      for (const problem of problems) expect(problem).toMatch(/^\d+:\d+: \P{Cc}+$/u);
    }),
    { numRuns: 300 },
  );
});
