// The options about data files.

import { type CsvOptions, readCsv } from '../../data/readers/csv.js';
import { listedColumns, type Table } from '../../data/table/table.js';
import type { GivenOptions } from './command.js';
import type { OptionOrigins } from './option-origins.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const data = rowsIn('data');

/** How to read a CSV file, for every command that reads one. */
export const CSV_ROWS: readonly OptionRow[] = [
  data.text('delimiter', 'what separates the cells of the CSV file', {
    argument: 'character',
    range: 'one character, or comma, tab, space, semicolon, pipe',
    defaultText: 'comma',
  }),
  data.text('encoding', "how the CSV file's letters are written", {
    argument: 'name',
    range: 'utf-8, latin1, windows-1252, utf-16le, utf-16be',
    defaultText: 'utf-8, or what a byte-order mark says',
  }),
];

/** Reads the CSV file of a command that has {@link CSV_ROWS}, and adds its columns to those in `origins`. */
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
  origins.columns = new Set([...origins.columns, ...table.columns.map(({ name }) => name)]);
  return table;
}

/** The options that name columns, several perhaps. */
const NAMING = ['target', 'categorical', 'drop', 'only'] as const;

/**
 * The options but those of reading, with the columns they name as the table has them: a text is a column's name,
 * whatever is in it, or else a list of names separated by commas.
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

export const TARGET_ROW = data.columns('target', 'column to predict, or several for a regression: a,b', {
  argument: 'column',
  short: 't',
  common: true,
});

/** How the cells of a file are written, for every command that takes them for what they are by itself. */
export const CELL_ROWS: readonly OptionRow[] = [
  data.texts('missing', 'texts for no value beside NA, NaN, null and, in numbers, ? and N/A', {
    argument: '?,-,none',
  }),
  data.choice('decimal', ['.', ','], 'the decimal mark of numbers', {
    argument: 'mark',
    defaultText: 'what the cells show',
  }),
  data.choice('dateOrder', ['dmy', 'mdy'], 'the order of dates such as 03/04/2023', {
    argument: 'order',
    defaultText: 'what the cells show',
  }),
];

/** The options that say what the columns of a file are taken for. */
export const COLUMN_ROWS: readonly OptionRow[] = [
  data.choice('task', ['classification', 'regression'], 'whether the target holds classes or numbers', {
    defaultText: 'guessed and printed',
    common: true,
  }),
  data.columns('drop', 'columns that nothing is learned from', { aliases: ['ignore'], common: true }),
  data.columns('only', 'the only columns to learn from, in place of `drop`'),
  data.columns('categorical', 'columns of categories that look like numbers, or never repeat, or say NA'),
  data.choice('missingTarget', ['error', 'drop'], 'rows without a target: refused, or left out', {
    defaultText: 'error',
  }),
  ...CELL_ROWS,
  data.text('weightColumn', 'column with the weight of each row in the loss, a number ≥ 0; no feature', {
    argument: 'column',
  }),
  data.text('groupColumn', 'column of groups that splitting and grouped resampling keep whole; no feature', {
    argument: 'column',
  }),
];

export const CLASS_WEIGHTS_ROW = data.choice(
  'classWeights',
  ['balanced'],
  'weights of the loss by class; those that are not named have 1',
  {
    acceptsMap: true,
    argument: 'weights',
    range: 'a number ≥ 0 for each, as yes=2,no=1',
    defaultText: 'all alike',
    common: true,
  },
);

/** The options that say what the columns of a training file are, and what is made of them. */
export const DATA_ROWS: readonly OptionRow[] = [
  TARGET_ROW,
  ...COLUMN_ROWS,
  data.choice(
    'impute',
    ['mean', 'median'],
    'what missing numbers are filled with; missing categories become the most frequent one',
    { defaultText: 'a missing cell is an error', common: true },
  ),
  data.choice(
    'unseen',
    ['error', 'ignore'],
    'categories that only appear at prediction: refused, or taken for none',
    { defaultText: 'error' },
  ),
  data.choice('scaling', ['columns', 'together'], 'standardise each numeric column by itself, or all alike', {
    defaultText: 'columns, or together with `image`',
  }),
  data.number(
    'softClip',
    'c of the soft clip: numbers are as they are up to c standard deviations, never beyond 2c',
    {
      argument: 'c',
      acceptsNone: true,
      range: 'a number > 0, or none',
      defaultText: '2, or none where `scaling` is together',
    },
  ),
  ...CSV_ROWS,
  CLASS_WEIGHTS_ROW,
  data.number('testShare', 'share of the rows to hold out and test on', {
    range: 'a number ≥ 0 and < 1',
    defaultText: '0',
    common: true,
  }),
];
