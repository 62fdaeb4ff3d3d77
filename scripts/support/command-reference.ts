// The text of docs/reference/command-line.md: each command with its usage, arguments, options and examples, from the
// definitions that the parser itself is made of. It knows no command but for those that train.

import { COMMANDS } from '../../src/cli/command-list.js';
import { type CommandArgument, type CommandDefinition, usageOf } from '../../src/cli/options/command.js';
import { flagsOf } from '../../src/cli/options/option-help.js';
import { inFlags } from '../../src/cli/options/option-origins.js';
import type { OptionRow } from '../../src/cli/options/option-row.js';
import { trainingRows } from '../../src/cli/options/training-flags.js';
import { defaultOf, grouped, table, valuesOf } from './option-table.js';

const INTRODUCTION = `# The command line

Written by \`node dist/scripts/option-reference.js\` from the commands themselves: change those, and run it.

\`tutti COMMAND --help\` shows the options that most people use, \`tutti help COMMAND all\` every one, \`tutti help COMMAND
GROUP\` those of one group. A flag may be given once, unless it is a list of names, which adds to itself. Results are
printed on standard output, all else on standard error. The exit status is 0, or that of the
[error](error-codes.md): 2 for wrong usage or input, 1 where the work failed, 130 after Ctrl-C.
`;

function argumentsTable(words: readonly CommandArgument[]): string {
  return table(
    ['argument', 'what it is'],
    // What stands for a word is no tag of HTML.
    words.map(({ name, description }) => [`\`${name}\``, description.replace(/(<\w+>_?)+/g, '`$&`')]),
  );
}

/** @param all the command's options, which descriptions may name. */
function optionsTable(rows: readonly OptionRow[], all: readonly OptionRow[]): string {
  const cells = rows.map((row) => {
    const flags = flagsOf(row).filter(({ shown }) => shown);
    const values = row.kind === 'flag' ? '' : valuesOf(row);
    return [
      flags.map(({ text }) => `\`${text}\``).join(', '),
      // The words of a choice may be called like an option.
      row.choices === undefined ? inFlags(values, all) : values,
      inFlags(defaultOf(row), all),
      inFlags(row.description, all),
    ];
  });
  return table(['flag', 'values', 'default', 'what it does'], cells);
}

function optionTables(rows: readonly OptionRow[]): string[] {
  const training = new Set(trainingRows().map(({ name }) => name));
  const trains = trainingRows().every(({ name }) => rows.some((row) => row.name === name));
  const own = trains ? rows.filter(({ name }) => !training.has(name)) : rows;
  const groups = grouped(own);
  const link = trains ? ['All [options of training](options.md), and:'] : [];
  if (groups.length === 1) return [...link, optionsTable(own, rows)];
  return [...link, ...groups.flatMap(([heading, some]) => [`**${heading}**`, optionsTable(some, rows)])];
}

function section(name: string, summary: string, definition: CommandDefinition): string {
  const { arguments: words, options, examples } = definition;
  const usage = ['tutti', name, '[options]', ...words.map(usageOf)].join(' ');
  return [
    `## tutti ${name}`,
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    shell([usage]),
    ...(words.length === 0 ? [] : [argumentsTable(words)]),
    ...(options.length === 0 ? [] : optionTables(options)),
    examples.length === 1 ? 'Example:' : 'Examples:',
    shell(examples),
  ].join('\n\n');
}

function shell(lines: readonly string[]): string {
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}

/** The file, as it is checked in. */
export async function commandReference(): Promise<string> {
  const sections = Object.entries(COMMANDS).map(async ([name, { summary, load }]) =>
    section(name, summary, (await load()).command),
  );
  return `${INTRODUCTION}\n${(await Promise.all(sections)).join('\n\n')}\n`;
}
