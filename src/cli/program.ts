// The commands and the parser. The only module that imports commander; a command's own module is loaded
// only when it is the one asked for, because what a command imports is most of a short run's time.

import { Command, CommanderError, Option } from 'commander';
import { TuttiError } from '../errors.js';
import { VERSION } from '../version.js';
import type { CommandDefinition, GivenOptions } from './options/command.js';
import { GROUPS } from './options/groups.js';
import { inFlags, inUsersWords, type OptionOrigins } from './options/option-origins.js';
import { flagOf, type OptionRow, parseFlag } from './options/option-row.js';
import { type CommandOptions, unknownCommand, usageError } from './options/usage-errors.js';
import { noteText, paletteOf, printText } from './terminal/terminal.js';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandDefinition }>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  train: {
    summary: 'train an ensemble on a CSV file and measure it',
    load: () => import('./commands/train/train.js'),
  },
  extend: {
    summary: 'train more members of a saved ensemble, or those that are missing',
    load: () => import('./commands/train/extend.js'),
  },
  describe: {
    summary: 'say what each column of a CSV file is taken for, and why',
    load: () => import('./commands/describe.js'),
  },
  split: {
    summary: 'write the rows that a test share trains on and holds out as two CSV files',
    load: () => import('./commands/split.js'),
  },
  predict: { summary: 'predict the rows of a CSV file', load: () => import('./commands/predict.js') },
  evaluate: { summary: 'score a saved ensemble on a CSV file', load: () => import('./commands/evaluate.js') },
  inspect: { summary: 'say what is in a saved ensemble', load: () => import('./commands/inspect.js') },
  'compare-masks': {
    summary: 'compare the ways to predict with a dropout net: weight scaling, means over masks',
    load: () => import('./commands/compare-masks.js'),
  },
  attack: {
    summary: 'score a saved ensemble on rows that are moved against it',
    load: () => import('./commands/attack.js'),
  },
  select: {
    summary: 'choose the members that make the best average, on rows they were not trained on',
    load: () => import('./commands/select.js'),
  },
  sources: {
    summary: "measure which source of chance makes members' errors differ",
    load: () => import('./commands/sources.js'),
  },
  measure: {
    summary: "measure how members' errors correlate, from predictions of any library",
    load: () => import('./commands/measure.js'),
  },
};

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
  const program = new Command('tutti')
    .description('Train ensembles of neural networks on every core, and measure what averaging them bought.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({ writeOut: printText, writeErr: () => undefined })
    .configureHelp({ styleTitle: paletteOf(process.stdout).bold });
  program.addHelpText('after', examplesText(EXAMPLES));
  let status = 0;
  let parsed: string | null = null;
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const command = program.command(name).summary(entry.summary).description(capitalised(entry.summary));
    command.exitOverride((error) => {
      parsed = name;
      throw error;
    });
    if (args.includes(name)) configure(command, (await entry.load()).command, (result) => (status = result));
  }
  if (args.length === 0) {
    noteText(program.helpInformation());
    return 2;
  }
  const [first, word] = args;
  if (first === 'help' && word !== undefined && !Object.hasOwn(COMMANDS, word)) {
    throw new TuttiError('ERR_OPTION', unknownCommand(word, Object.keys(COMMANDS)));
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, parsed, await commandOptions());
  }
  return status;
}

/** The options of every command. */
export async function commandOptions(): Promise<CommandOptions> {
  const all = Object.entries(COMMANDS).map(
    async ([name, { load }]) => [name, (await load()).command.options] as const,
  );
  return new Map(await Promise.all(all));
}

function configure(command: Command, definition: CommandDefinition, finish: (status: number) => void): void {
  for (const { name, description } of definition.arguments) command.argument(`<${name}>`, description);
  for (const row of definition.options) {
    for (const option of optionsOf(row, definition.options)) command.addOption(option);
    if (!isRepeatable(row)) requireOnce(command, row);
  }
  command.addHelpText('after', examplesText(definition.examples));
  command.action(async () => {
    const origins: OptionOrigins = { config: null, columns: new Set() };
    try {
      finish(await definition.run(command.args, readOptions(definition.options, command.opts()), origins));
    } catch (error) {
      const { command: training } = await COMMANDS.train!.load();
      throw inUsersWords(error, definition.options, training.options, origins);
    }
  });
}

function readOptions(rows: readonly OptionRow[], given: Readonly<Record<string, unknown>>): GivenOptions {
  const values = rows
    .filter((row) => given[row.name] !== undefined)
    .map((row) => [row.name, parseFlag(row, given[row.name])]);
  return Object.fromEntries(values);
}

/** A flag gets its opposite too, so that the command line can overrule a config file either way. */
function optionsOf(row: OptionRow, all: readonly OptionRow[]): Option[] {
  const flag = flagOf(row.name);
  const short = row.short === undefined ? '' : `-${row.short}, `;
  const description = inFlags(describeRow(row), all);
  const make = (flags: string) => new Option(flags, description).helpGroup(`${GROUPS[row.group]}:`);
  if (row.kind === 'flag') return [make(`${short}${flag}`), make(flag.replace('--', '--no-')).hideHelp()];
  const value = ` <${row.argument ?? ARGUMENTS[row.kind]}>`;
  const options = [
    make(`${short}${flag}${value}`),
    ...(row.aliases ?? []).map((alias) => aliasOf(make(`${flagOf(alias)}${value}`), row.name)),
  ];
  // A repeated list adds to itself.
  if (isRepeatable(row)) {
    for (const option of options) option.argParser((text, all?: string[]) => [...(all ?? []), text]);
  }
  return options;
}

function isRepeatable({ kind }: OptionRow): boolean {
  return kind === 'texts' || kind === 'columns' || kind === 'paths';
}

/** Another flag for the option of that name. */
function aliasOf(option: Option, name: string): Option {
  option.attributeName = () => name;
  return option.hideHelp();
}

/** Neither of two values, nor of a flag and its opposite, would surely be what the user meant. */
function requireOnce(command: Command, { name, kind, aliases = [] }: OptionRow): void {
  const flag = flagOf(name);
  const sides = [flag, ...aliases.map(flagOf), ...(kind === 'flag' ? [flag.replace('--', '--no-')] : [])];
  let first: string | null = null;
  for (const side of sides) {
    command.on(`option:${side.slice(2)}`, () => {
      if (first !== null) failTwice(name, kind, first, side);
      first = side;
    });
  }
}

function failTwice(option: string, kind: OptionRow['kind'], first: string, second: string): never {
  const twice = first === second;
  const expected = twice ? `\`${first}\` once` : `\`${first}\` or \`${second}\``;
  const hint = twice && kind === 'numbers' ? '; its numbers are separated by commas' : '';
  throw new TuttiError('ERR_OPTION', `Expected ${expected}, got ${twice ? 'it twice' : 'both'}${hint}`, {
    option,
  });
}

const ARGUMENTS = {
  number: 'number',
  numbers: 'numbers',
  text: 'text',
  texts: 'texts',
  columns: 'columns',
  paths: 'path',
  choice: 'name',
} as const;

function describeRow({ description, choices, range, defaultText }: OptionRow): string {
  const values = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(range === undefined ? [] : [range]),
  ];
  const facts = [
    ...(values.length === 0 ? [] : [values.join(', or ')]),
    ...(defaultText === undefined ? [] : [`default: ${defaultText}`]),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}

function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
