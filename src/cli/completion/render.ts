import { LbError } from '../../foundation/lb-error.ts';
import type { Command } from '../command.ts';
import { renderBash } from './bash.ts';
import { renderFish } from './fish.ts';
import { renderZsh } from './zsh.ts';

/** @throws LbError USAGE for a shell that lb does not know. */
export function renderCompletion(shell: string, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return renderBash(commands);
    case 'zsh':
      return renderZsh(commands);
    case 'fish':
      return renderFish(commands);
    default: {
      const message = `Cannot complete for ${JSON.stringify(shell)}: needs bash, zsh or fish`;
      throw new LbError('USAGE', message);
    }
  }
}
