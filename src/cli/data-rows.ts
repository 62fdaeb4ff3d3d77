// The options about data files.

import { type CsvOptions, readCsv } from '../data/csv.js';
import { listedColumns, type Table } from '../data/table.js';
import type { GivenOptions } from './command.js';
import type { OptionOrigins } from './option-origins.js';
import type { OptionRow } from './option-row.js';

const GROUP = 'The data';

/** How to read a CSV file, for every command that reads one. */
export const CSV_ROWS: readonly OptionRow[] = [
  {
    ...text(
      'delimiter',
      'what separates the cells of the CSV file: a character, tab, space, semicolon or pipe',
    ),
    ...{ argument: 'character', defaultText: 'a comma' },
  },
  {
    ...text('encoding', 'of the CSV file: utf-8, latin1, windows-1252, utf-16le, utf-16be'),
    ...{ argument: 'name', defaultText: 'utf-8, or what a byte-order mark says' },
  },
];

/** Reads the CSV file of a command that has {@link CSV_ROWS}, and enters its columns in `origins`. */
export function readTable(
  path: string,
  { delimiter, encoding }: GivenOptions,
  origins: OptionOrigins,
): Table {
  const options: CsvOptions = {
    ...(delimiter === undefined ? {} : { delimiter: String(delimiter) }),
    ...(encoding === undefined ? {} : { encoding: String(encoding) }),
  };
  const table = readCsv(path, options);
  origins.columns = new Set(table.columns.map(({ name }) => name));
  return table;
}

/** The options that name columns, several perhaps. */
const NAMING = ['target', 'categorical', 'drop', 'only'] as const;

/**
 * The options but those of reading, with the columns they name as the table has them: a text is a column's name, whatever is in it, or else
 * a list of names separated by commas.
 * @throws ERR_OPTION for a name that is no column
 */
export function namedColumns<Options extends object>(
  table: Table,
  options: Options,
): Omit<Options, keyof CsvOptions> {
  const { delimiter: _delimiter, encoding: _encoding, ...others } = options as Options & CsvOptions;
  const given = others as Readonly<Record<string, unknown>>;
  const named = NAMING.filter((name) => given[name] !== undefined).map(
    (name) => [name, listedColumns(table, name, [given[name]].flat() as string[])] as const,
  );
  return { ...others, ...Object.fromEntries(named) };
}

export const TARGET_ROW: OptionRow = {
  ...text('target', 'column to predict, or several for regression: a,b'),
  kind: 'columns',
  argument: 'column',
};

/** How the cells of a file are written, for every command that takes them for what they are by itself. */
export const CELL_ROWS: readonly OptionRow[] = [
  {
    ...text('missing', 'texts for no value beside NA, NaN, null and, in numbers, ? and N/A'),
    ...{ kind: 'texts', argument: '?,-,none' },
  },
  {
    ...choice('decimal', ['.', ','], 'the decimal mark of numbers'),
    ...{ argument: 'mark', defaultText: 'what the cells show' },
  },
  {
    ...choice('dateOrder', ['dmy', 'mdy'], 'the order of dates such as 03/04/2023'),
    ...{ argument: 'order', defaultText: 'what the cells show' },
  },
];

/** The options that say what the columns of a file are taken for. */
export const COLUMN_ROWS: readonly OptionRow[] = [
  {
    ...choice('task', ['classification', 'regression'], 'what the target is'),
    defaultText: 'guessed and printed',
  },
  { ...columns('drop', 'columns to leave out'), aliases: ['ignore'] },
  columns('only', 'the only columns to learn from'),
  columns('categorical', 'columns of categories that look like numbers, or never repeat, or say NA'),
  {
    ...choice('missingTarget', ['error', 'drop'], 'rows without a target'),
    defaultText: 'error',
  },
  ...CELL_ROWS,
  { ...text('weightColumn', 'column with the weight of each row in the loss'), argument: 'column' },
  { ...text('groupColumn', 'column whose groups are kept whole'), argument: 'column' },
];

/** The options that say what the columns of a training file are, and what is made of them. */
export const DATA_ROWS: readonly OptionRow[] = [
  TARGET_ROW,
  ...COLUMN_ROWS,
  {
    ...choice('impute', ['mean', 'median'], 'fill missing cells'),
    defaultText: 'a missing cell is an error',
  },
  {
    ...choice('unseen', ['error', 'ignore'], 'categories that only appear at prediction'),
    defaultText: 'error',
  },
  {
    ...choice('scaling', ['columns', 'together'], 'standardise each numeric column by itself, or all alike'),
    defaultText: 'together with --image, else columns',
  },
  {
    ...text('softClip', 'bound c of a soft clip of standardised numbers, z/√(1 + (z/c)²)'),
    ...{ kind: 'number', argument: 'c', acceptsNone: true, defaultText: 'none' },
  },
  ...CSV_ROWS,
  { ...choice('classWeights', ['balanced'], 'weights of the loss by class'), acceptsMap: true },
  { ...text('testShare', 'share of the rows to hold out and test on'), kind: 'number', defaultText: '0' },
];

function text(name: string, description: string): OptionRow {
  return { name, kind: 'text', group: GROUP, description };
}

function choice(name: string, choices: readonly string[], description: string): OptionRow {
  return { name, kind: 'choice', group: GROUP, description, choices };
}

function columns(name: string, description: string): OptionRow {
  return { ...text(name, description), kind: 'columns', argument: 'columns' };
}
