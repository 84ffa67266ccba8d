import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../../src/cli/command.ts';
import { run } from '../../../src/cli/command-line.ts';
import { commands } from '../../../src/cli/commands/catalog.ts';
import { helpOf } from '../../../src/cli/usage.ts';
import { LbError } from '../../../src/foundation/lb-error.ts';

/** Runs a command line and gives what it said. */
async function say(...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const code = await run(args, {
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
    env: {},
    color: false,
  });
  return { code, ...said };
}

const sample = defineCommand({
  name: 'sample',
  summary: 'what a command is given',
  arguments: [
    { name: 'FIRST', help: 'one' },
    { name: 'REST', help: 'more', repeated: true },
  ],
  options: {
    flag: { type: 'boolean', short: 'f', help: 'yes' },
    header: { type: 'string', short: 'H', value: 'FIELD', help: 'any number', multiple: true },
  },
  details: ['More about it.'],
  run: async (values, args, io) => {
    io.stdout(JSON.stringify({ ...values, args }));
    return 0;
  },
});

describe('the command line', () => {
  it('lists every command in the usage, and fits 100 columns', async () => {
    const { code, stdout } = await say('--help');
    expect(code).toBe(0);
    for (const { name, summary } of commands) {
      expect(stdout).toMatch(new RegExp(`^  lb ${name}\\b`, 'm'));
      expect(stdout).toContain(summary);
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it.each(commands.map(({ name }) => name))(
    'tells all about %s, asked either way',
    async (name) => {
      const [help, option] = [await say('help', name), await say(name, '--help')];
      expect(help).toEqual(option);
      expect(help.code).toBe(0);
      for (const option of Object.keys(
        commands.find((each) => each.name === name)?.options ?? {},
      )) {
        expect(help.stdout).toContain(`--${option}`);
      }
    },
  );

  it('knows what was meant by a command that there is not', async () => {
    expect(await say('strat')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'lb: Cannot run "strat": no such command; did you mean "start"? lb --help lists the commands\n',
    });
    expect((await say()).stderr).toContain('no command given');
  });

  it.each([
    [['check', '--prin'], "Unknown option '--prin'"],
    [['check', 'lb.yaml'], "Unexpected argument 'lb.yaml'"],
    [['start', '-c'], 'argument missing'],
  ])('refuses %j', async (args, why) => {
    const { code, stderr } = await say(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});

describe('a command', () => {
  it('is given its arguments and options', async () => {
    let said = '';
    const io = {
      stdout: (text: string) => (said += text),
      stderr: () => {},
      env: {},
      color: false,
    };
    await sample.run(['one', '-H', 'a: b', 'two', '-H', 'c: d', '-f', 'three'], io);
    expect(JSON.parse(said)).toEqual({
      args: ['one', 'two', 'three'],
      header: ['a: b', 'c: d'],
      flag: true,
    });
  });

  it('misses its first argument', () => {
    const io = { stdout: () => {}, stderr: () => {}, env: {}, color: false };
    expect(() => sample.run([], io)).toThrow(LbError);
    expect(() => sample.run([], io)).toThrow('Cannot run sample: FIRST is missing');
  });

  it('has a help of its own', () => {
    expect(helpOf(sample)).toBe(`lb sample FIRST [REST…] [-f] [-H FIELD]…

What a command is given.

  FIRST                     one
  REST                      more
  -f, --flag                yes
  -H, --header FIELD        any number

More about it.
`);
  });
});
