import type { Command, Option } from '../command.ts';
import { ALONE, choicesOf, HELP, optionsOf, quoted, spellings } from './words.ts';

/** Works from a folder of `fpath`, and sourced after `compinit`. */
export function renderZsh(commands: readonly Command[]): string {
  const described = [...commands, HELP].map(({ name, summary }) => quoted(`${name}:${summary}`));
  const alone = ALONE.map(({ name, summary }) => quoted(`--${name}:${summary}`));
  return `#compdef lb
# zsh completion for lb, made by: lb completion zsh
_lb() {
  local -a commands
  commands=(
    ${[...described, ...alone].join('\n    ')}
  )
  if ((CURRENT == 2)); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(argumentsCase).join('\n')}
    ${HELP.name}) _arguments ${quoted(`1:command:(${commands.map(({ name }) => name).join(' ')})`)} ;;
  esac
}
if [[ $funcstack[1] == _lb ]]; then _lb "$@"; else compdef _lb lb; fi
`;
}

function argumentsCase(command: Command): string {
  const choices = choicesOf(command);
  const specs = [
    ...optionsOf(command).map(([name, option]) => optionSpec(name, option)),
    ...(choices.length === 0 ? [] : [quoted(`1:word:(${choices.join(' ')})`)]),
  ];
  return `    ${command.name}) _arguments ${specs.join(' ')} ;;`;
}

/** `(-c --config)'{-c,--config}'[help]:FILE:_files`: after one spelling the other is not offered. */
function optionSpec(name: string, option: Option): string {
  const { help, value, multiple } = option;
  const typed = spellings(name, option);
  const action = value === 'FILE' ? '_files' : ' ';
  const tail = `[${help.replace(/[[\]:\\]/g, '\\$&')}]${value === undefined ? '' : `:${value}:${action}`}`;
  if (typed.length === 1) return quoted(`${multiple ? '*' : ''}${typed[0]}${tail}`);
  const before = multiple ? '*' : `(${typed.join(' ')})`;
  return `${quoted(before)}{${typed.join(',')}}${quoted(tail)}`;
}
