import { type Command, defineCommand } from '../command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** @param commandsOf the catalog that this command is itself a part of. */
export const completionOf = (commandsOf: () => readonly Command[]): Command =>
  defineCommand({
    name: 'completion',
    summary: 'print what bash, zsh or fish complete with',
    arguments: [{ name: 'SHELL', help: SHELLS.join(', '), choices: SHELLS }],
    options: {},
    details: [
      'For the present shell: source <(lb completion bash), the same with zsh, or lb completion fish | source.',
      'For good: /usr/share/bash-completion/completions/lb, /usr/share/zsh/site-functions/_lb or',
      '/usr/share/fish/vendor_completions.d/lb.fish.',
    ],
    run: async (_values, [shell = ''], io) => {
      const { renderCompletion } = await import('../completion/render.ts');
      io.stdout(renderCompletion(shell, commandsOf()));
      return 0;
    },
  });
