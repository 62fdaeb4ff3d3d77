// The completion of tutti for zsh, by its own _arguments.

import type { ShellCommand, ShellOption, ShellWords, Value } from './shell-words.js';

/** The script. */
export function zshScript({ commands, groups }: ShellWords): string {
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary}`));
  return `#compdef tutti
# Completion of tutti for zsh. In ~/.zshrc, after compinit: source <(tutti completion zsh)
_tutti() {
  local -a commands groups
  commands=(
    ${described.join('\n    ')}
  )
  if ((CURRENT == 2)); then
    if [[ $PREFIX == -* ]]; then
      compadd -- --help --version
    else
      _describe command commands
    fi
    return
  fi
  if ((CURRENT == 4)) && [[ \${words[2]} == help ]]; then
    case \${words[3]} in
${[...groups].map(([name, own]) => `      ${name}) groups=(${own.join(' ')}) ;;`).join('\n')}
    esac
    _describe group groups
    return
  fi
  shift words
  ((CURRENT--))
  case \${words[1]} in
${commands.map(commandCase).join('\n')}
  esac
}
compdef _tutti tutti
`;
}

function commandCase({ name, options, places }: ShellCommand): string {
  const words = places.map((value, at) => quoted(`${at + 1}:${actionOf(value, 'file')}`));
  const specs = [...options.map(specOf), ...words].map((spec) => `      ${spec}`);
  return `    ${name})\n      _arguments -s \\\n${specs.join(' \\\n')} ;;`;
}

function specOf({ long, short, description, value, argument, repeats }: ShellOption): string {
  const said = `[${description.replace(/[\\[\]]/g, '\\$&')}]${value === null ? '' : `:${actionOf(value, argument)}`}`;
  if (short === null) return quoted(`${repeats ? '*' : ''}--${long}${said}`);
  return `${quoted(`(-${short} --${long})`)}{-${short},--${long}}${quoted(said)}`;
}

/** `argument:action`. */
function actionOf(value: Value, argument: string): string {
  const name = argument.replace(/[\\:]/g, '\\$&');
  if (value.kind === 'any') return `${name}: `;
  if (value.kind === 'file') return `${name}:_files`;
  const words = value.words.join(' ');
  return value.kind === 'words' ? `${name}:(${words})` : `${name}:_values -s , ${name} ${words}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
