// The parser: commands and their options as commander takes them, and the pages of the help. The only module that
// imports commander; what commands there are is command-list.ts's business.

import { Command, CommanderError, Option } from 'commander';
import { TuttiError } from '../errors.js';
import { VERSION } from '../version.js';
import { COMMANDS, commandOptions } from './command-list.js';
import { type CommandDefinition, type GivenOptions, usageOf } from './options/command.js';
import { GROUPS } from './options/groups.js';
import { type HelpPage, morePages, pageOf, rowsOnPage } from './options/help-pages.js';
import { describeRow, flagsOf, longFlagsOf } from './options/option-help.js';
import { inUsersWords, type OptionOrigins } from './options/option-origins.js';
import { type OptionRow, parseFlag } from './options/option-row.js';
import { withQuery } from './options/query-word.js';
import { unknownCommand, usageError } from './options/usage-errors.js';
import { noteText, paletteOf, printText } from './terminal/terminal.js';

const EXAMPLES = [
  'tutti train digits.csv --target digit --out digits.tutti',
  'tutti predict digits.tutti new.csv --out predictions.csv',
  'tutti train --help',
];

/**
 * Runs the command that the arguments name.
 * @returns the exit status.
 * @throws ERR_OPTION for wrong usage, and whatever the command throws.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  const program = createProgram();
  let status = 0;
  let parsed: string | null = null;
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const command = program.command(name).summary(entry.summary).description(capitalised(entry.summary));
    command.exitOverride((error) => {
      parsed = name;
      throw error;
    });
    if (!args.includes(name)) continue;
    const definition = (await entry.load()).command;
    const isHelp = args[0] === 'help' && args[1] === name;
    configure(command, definition, isHelp ? pageOf(name, definition.options, args[2]) : 'first');
    command.action(async () => {
      status = await run(definition, command.args, command.opts(), (word) => missingWord(command, word));
    });
  }
  addHelpCommand(program);
  if (args.length === 0) {
    noteText(program.helpInformation());
    return 2;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, parsed, await commandOptions(), await neededBy(parsed));
  }
  return status;
}

/** What the command's words are needed for, by their names. */
async function neededBy(name: string | null): Promise<ReadonlyMap<string, string>> {
  const words = name === null ? [] : ((await COMMANDS[name]?.load())?.command.arguments ?? []);
  return new Map(words.flatMap((word) => (word.needed === undefined ? [] : [[word.name, word.needed]])));
}

function createProgram(): Command {
  return new Command('tutti')
    .description('Train ensembles of neural networks on every core, and measure what averaging them bought.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: printText, writeErr: () => undefined })
    .configureHelp({ styleTitle: paletteOf(process.stdout).bold })
    .addHelpText('after', examplesText(EXAMPLES));
}

/** In place of commander's own, which knows no pages. */
function addHelpCommand(program: Command): void {
  program
    .command('help')
    .summary('print the help of a command, of all its options or of one group')
    .description('Print the help of a command, of all its options or of one group')
    .argument('[command]', 'name of a command')
    .argument('[group]', 'group of its options, or all; without it, those that most people use')
    .addHelpText(
      'after',
      examplesText(['tutti help train', 'tutti help train network', 'tutti help train all']),
    )
    .action((name: string | undefined) => {
      const command = program.commands.find((own) => own.name() === name);
      if (name !== undefined && command === undefined) {
        throw new TuttiError('ERR_OPTION', unknownCommand(name, Object.keys(COMMANDS)));
      }
      (command ?? program).outputHelp();
    });
}

function configure(command: Command, definition: CommandDefinition, page: HelpPage): void {
  const { arguments: words, options, examples } = definition;
  for (const word of words) command.argument(usageOf(word), word.description);
  const shown = rowsOnPage(options, page);
  for (const row of options) {
    for (const option of optionsOf(row, options)) {
      command.addOption(shown.includes(row) ? option : option.hideHelp());
    }
    if (!isRepeatable(row)) requireOnce(command, row);
  }
  if (page === 'first') command.addHelpText('after', morePages(command.name(), options));
  if (page === 'first' || page === 'all') command.addHelpText('after', examplesText(examples));
}

/** As the parser itself refuses a word that is missing. */
function missingWord(command: Command, word: string): never {
  const code = 'commander.missingArgument';
  return command.error(`error: missing required argument '${word}'`, { code });
}

async function run(
  { arguments: places, options, run: act }: CommandDefinition,
  words: readonly string[],
  given: Readonly<Record<string, unknown>>,
  missing: (word: string) => never,
): Promise<number> {
  const origins: OptionOrigins = { config: null, columns: new Set() };
  try {
    const asked = withQuery(places, words, readOptions(options, given), missing);
    return await act(asked.words, asked.given, origins);
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    const { command: training } = await COMMANDS.train!.load();
    throw inUsersWords(error, options, training.options, origins);
  }
}

function readOptions(rows: readonly OptionRow[], given: Readonly<Record<string, unknown>>): GivenOptions {
  const values = rows
    .filter((row) => given[row.name] !== undefined)
    .map((row) => [row.name, parseFlag(row, given[row.name])]);
  return Object.fromEntries(values);
}

function optionsOf(row: OptionRow, all: readonly OptionRow[]): Option[] {
  const description = describeRow(row, all);
  return flagsOf(row).map(({ text, shown }) => {
    const option = new Option(text, description).helpGroup(`${GROUPS[row.group]}:`);
    // An alias sets the option too. The opposite of a flag says so by itself.
    if (row.kind !== 'flag') option.attributeName = () => row.name;
    // A repeated list adds to itself.
    if (isRepeatable(row)) option.argParser((value, before?: string[]) => [...(before ?? []), value]);
    return shown ? option : option.hideHelp();
  });
}

function isRepeatable({ kind }: OptionRow): boolean {
  return kind === 'texts' || kind === 'columns' || kind === 'paths';
}

/** Neither of two values, nor of a flag and its opposite, would surely be what the user meant. */
function requireOnce(command: Command, row: OptionRow): void {
  let first: string | null = null;
  for (const side of longFlagsOf(row)) {
    command.on(`option:${side.slice(2)}`, () => {
      if (first !== null) failTwice(row, first, side);
      first = side;
    });
  }
}

function failTwice({ name, kind }: OptionRow, first: string, second: string): never {
  const twice = first === second;
  const expected = twice ? `\`${first}\` once` : `\`${first}\` or \`${second}\``;
  const hint = twice && kind === 'numbers' ? '; its numbers are separated by commas' : '';
  throw new TuttiError('ERR_OPTION', `Expected ${expected}, got ${twice ? 'it twice' : 'both'}${hint}`, {
    option: name,
  });
}

function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
