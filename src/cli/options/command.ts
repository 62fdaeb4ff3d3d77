// What a command is to the program that runs it, so that each is one file and knows no parser.

import type { OptionOrigins } from './option-origins.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

/** Options as the parser found them, by camelCase name; only those that were given. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** A word after the command's name: a file, or one of a few words. */
export interface CommandArgument {
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** What it is needed for, and what to do without, for who leaves it out. */
  readonly needed?: string;
  /** Whether it is a file of rows, in whose place `--sql` may stand. @default false */
  readonly rows?: boolean;
  /** Whether it stands for any number of words, none among them: the last argument alone. @default false */
  readonly rest?: boolean;
}

/** How the usage has a word: `<ensemble>`, `[others...]`, and `[file]` where a query may take its place. */
export function usageOf({ name, rest, rows }: CommandArgument): string {
  return rest === true ? `[${name}...]` : rows === true ? `[${name}]` : `<${name}>`;
}

/** The word of commands that take any rows. */
export const DATA_FILE: CommandArgument = {
  name: 'file',
  description: 'data file: CSV, JSON, Parquet, Arrow, NumPy, IDX, or a folder of PNG images',
  rows: true,
};

/** The word of commands that hold an ensemble against rows whose targets are known. */
export const ROWS_WITH_TARGETS: CommandArgument = {
  name: 'file',
  description: 'data file with the columns it was trained on, target included',
  rows: true,
};

/** That with the ensemble before it. */
export const ENSEMBLE_AND_ROWS: readonly CommandArgument[] = [
  { name: 'ensemble', description: 'saved ensemble' },
  ROWS_WITH_TARGETS,
];

export interface CommandDefinition {
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly OptionRow[];
  /** Shown at the end of the help. */
  readonly examples: readonly string[];
  /** Does the work and returns the exit status. */
  run(positional: readonly string[], given: GivenOptions, origins: OptionOrigins): Promise<number>;
}

/** A command that is loaded once it is asked for. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandDefinition }>;
}

/** Commands by their names, in the order of the help. */
export type CommandList = Readonly<Record<string, CommandEntry>>;

const output = rowsIn('output');

/** Options that every command has. */
export const JSON_ROW = output.flag(
  'json',
  'print one JSON object on standard output and nothing else there',
  { common: true },
);

export const QUIET_ROW = output.flag(
  'quiet',
  'nothing on standard error but errors; results are printed all the same',
  { short: 'q', common: true },
);
