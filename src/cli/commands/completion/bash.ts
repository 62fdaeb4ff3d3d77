// The completion of tutti for bash: one function that looks at the command and the word before.

import type { ShellCommand, ShellOption, ShellWords, Value } from './shell-words.js';

/** The script. */
export function bashScript({ commands, groups }: ShellWords): string {
  const names = commands.map(({ name }) => name);
  return `# Completion of tutti for bash. In ~/.bashrc: eval "$(tutti completion bash)"
_tutti() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} flags= words= files=
  # bash takes --flag=value apart at the equals sign.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words=${quoted(names)} flags='--help --version'
  elif ((COMP_CWORD == 3)) && [[ \${COMP_WORDS[1]} == help ]]; then
    case \${COMP_WORDS[2]} in
${[...groups].map(([name, own]) => `      ${name}) words=${quoted(own)} ;;`).join('\n')}
    esac
  else
    case \${COMP_WORDS[1]} in
${commands.map(commandCase).join('\n')}
    esac
  fi
  if [[ $cur == -* ]]; then words=$flags files=; fi
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$cur"))
    return
  fi
  # Of a list the last entry is completed.
  local before=
  if [[ $cur == *,* ]]; then before=\${cur%,*},; fi
  COMPREPLY=($(compgen -W "$words" -P "$before" -- "\${cur##*,}"))
}
complete -F _tutti tutti
`;
}

function commandCase({ name, options, places }: ShellCommand): string {
  const flags = quoted(options.map(({ long }) => `--${long}`));
  const valued = options.filter(({ value }) => value !== null);
  return [
    `      ${name})`,
    `        flags=${flags}${assigned(places[0] ?? { kind: 'any' })}`,
    '        case $prev in',
    ...valued.map(
      (option) => `          ${patternOf(option)}) flags= files= words=${assigned(option.value!)} ;;`,
    ),
    '        esac ;;',
  ].join('\n');
}

function patternOf({ long, short }: ShellOption): string {
  return short === null ? `--${long}` : `--${long} | -${short}`;
}

function assigned(value: Value): string {
  if (value.kind === 'any') return '';
  return value.kind === 'file' ? ' files=1' : ` words=${quoted(value.words)}`;
}

function quoted(words: readonly string[]): string {
  return `'${words.join(' ')}'`;
}
