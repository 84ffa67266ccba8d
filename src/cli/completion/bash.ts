import type { Command } from '../command.ts';
import { ALONE, choicesOf, HELP, optionsOf, quoted, spellings } from './words.ts';

/** For bash 4 and later; needs nothing of the bash-completion package. */
export function renderBash(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const first = [...names, HELP.name, ...ALONE.map(({ name }) => `--${name}`)];
  return `# bash completion for lb, made by: lb completion bash
_lb() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words=${quoted(first.join(' '))}
  else
    case "\${COMP_WORDS[1]} $before" in
${commands.flatMap(valueCases).join('\n')}
    esac
    case \${COMP_WORDS[1]} in
${commands.map(wordsCase).join('\n')}
      ${HELP.name}) words=${quoted(names.join(' '))} ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _lb lb
`;
}

function wordsCase(command: Command): string {
  const options = optionsOf(command).flatMap(([name, option]) => spellings(name, option));
  return `      ${command.name}) words=${quoted([...choicesOf(command), ...options].join(' '))} ;;`;
}

/** After an option with a value come files or nothing. */
function valueCases(command: Command): readonly string[] {
  return optionsOf(command).flatMap(([name, option]) => {
    if (option.value === undefined) return [];
    const patterns = spellings(name, option).map((typed) => quoted(`${command.name} ${typed}`));
    const files = 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); ';
    return [`      ${patterns.join(' | ')}) ${option.value === 'FILE' ? files : ''}return ;;`];
  });
}
