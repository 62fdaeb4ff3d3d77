// The completion of tutti for fish: one line for each word there is.

import type { ShellCommand, ShellOption, ShellWords, Value } from './shell-words.js';

/** The script. */
export function fishScript({ commands, groups }: ShellWords): string {
  const lines = [
    ...commands.map(({ name, summary }) => complete('__tutti_at 1', `-a ${name} -d ${quoted(summary)}`)),
    ...commands.flatMap(commandLines),
    ...[...groups].map(([name, own]) =>
      complete(
        quoted(`__tutti_at 3; and __tutti_has 2 help; and __tutti_has 3 ${name}`),
        `-a ${quoted(own.join(' '))}`,
      ),
    ),
  ];
  return `# Completion of tutti for fish. In ~/.config/fish/config.fish: tutti completion fish | source
function __tutti_at
    test (count (commandline -opc)) -eq $argv[1]
end
function __tutti_has
    set -l words (commandline -opc)
    test "$words[$argv[1]]" = $argv[2]
end
complete -c tutti -f
complete -c tutti -n '__tutti_at 1' -l help -s h -d 'print this help'
complete -c tutti -n '__tutti_at 1' -l version -s V -d 'print the version'
${lines.join('\n')}
`;
}

function commandLines({ name, options, places }: ShellCommand): string[] {
  const condition = quoted(`__tutti_has 2 ${name}`);
  return [
    ...places.map((value, at) =>
      complete(quoted(`__tutti_has 2 ${name}; and __tutti_at ${at + 2}`), wordsOf(value)),
    ),
    ...options.map((option) => complete(condition, flagsOf(option))),
  ];
}

function flagsOf({ long, short, description, value }: ShellOption): string {
  const letter = short === null ? '' : ` -s ${short}`;
  return `-l ${long}${letter} -d ${quoted(description)}${value === null ? '' : ` -r ${wordsOf(value)}`}`;
}

function wordsOf(value: Value): string {
  if (value.kind === 'file') return '-F';
  if (value.kind === 'any') return '-f';
  const words = value.words.join(' ');
  return `-f -a ${quoted(value.kind === 'words' ? words : `(__fish_append , ${words})`)}`;
}

function complete(condition: string, rest: string): string {
  return `complete -c tutti -n ${condition.startsWith("'") ? condition : quoted(condition)} ${rest}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
