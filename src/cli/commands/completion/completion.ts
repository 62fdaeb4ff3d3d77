// `tutti completion`: the script with which a shell completes commands, options, their values and files.

import { failChoice } from '../../../option-names.js';
import type { CommandDefinition, CommandList } from '../../options/command.js';
import { printText } from '../../terminal/terminal.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { type ShellWords, shellWords } from './shell-words.js';
import { zshScript } from './zsh.js';

const SCRIPTS: Readonly<Record<string, (words: ShellWords) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The command over all commands, itself among them. */
export function completionCommand(commands: CommandList): CommandDefinition {
  const shells = Object.keys(SCRIPTS);
  return {
    arguments: [{ name: 'shell', description: 'bash, zsh or fish', choices: shells }],
    options: [],
    examples: [
      'eval "$(tutti completion bash)"     # in ~/.bashrc',
      'source <(tutti completion zsh)      # in ~/.zshrc, after compinit',
      'tutti completion fish | source      # in ~/.config/fish/config.fish',
    ],
    async run([shell = '']) {
      if (!Object.hasOwn(SCRIPTS, shell)) failChoice('shell', shells, shell);
      printText(SCRIPTS[shell]!(await shellWords(commands)));
      return 0;
    },
  };
}
