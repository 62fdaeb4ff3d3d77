// The options about data files.

import { LOAD_OPTIONS } from '../../data/load.js';
import { QUERY_OPTIONS, queryOfWord } from '../../data/readers/query-source.js';
import type { ReadOptions } from '../../data/readers/read-options.js';
import { readTable as readTableOf } from '../../data/readers/read-table.js';
import { listedColumns, type Table } from '../../data/table/table.js';
import { whileReading } from '../terminal/reading.js';
import { note } from '../terminal/terminal.js';
import type { GivenOptions } from './command.js';
import { inFlags, type OptionOrigins } from './option-origins.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const data = rowsIn('data');

/** The query in the place of a file, which the program makes a word of before the command sees it. */
const SQL_ROW: OptionRow = data.of(QUERY_OPTIONS, 'sql', { argument: 'query' });
const DB_ROW: OptionRow = {
  ...data.of(QUERY_OPTIONS, 'database', { argument: 'file', kind: 'path' }),
  ...{ name: 'db', apiName: 'database' },
};

export const QUERY_ROWS: readonly OptionRow[] = [SQL_ROW, DB_ROW];

/** How to read a data file. */
export const READING_ROWS: readonly OptionRow[] = [
  data.of(LOAD_OPTIONS, 'delimiter', { argument: 'character' }),
  data.of(LOAD_OPTIONS, 'encoding', { argument: 'name' }),
];

/** The same, and a query in its place, for every command that has a word for one. */
export const FILE_ROWS: readonly OptionRow[] = [...READING_ROWS, ...QUERY_ROWS];

/**
 * Reads the data file of a command that has {@link READING_ROWS}, shows how far it is, says what is to be said of it, and adds
 * its columns to those in `origins`.
 * @param remarks `kept` for a command that says the table's remarks itself
 */
export async function readTable(
  path: string,
  { delimiter, encoding, quiet }: GivenOptions,
  origins: OptionOrigins,
  remarks: 'said' | 'kept' = 'said',
): Promise<Table> {
  const options: ReadOptions = {
    ...(delimiter === undefined ? {} : { delimiter: String(delimiter) }),
    ...(encoding === undefined ? {} : { encoding: String(encoding) }),
  };
  const source = queryOfWord(path) ?? path;
  const table = await whileReading(quiet === true, (call) => readTableOf(source, options, call));
  origins.columns = new Set([...origins.columns, ...table.columns.map(({ name }) => name)]);
  if (quiet === true || remarks === 'kept') return table;
  const { remarks: own = [], ...others } = table;
  for (const remark of own) note(inFlags(remark, FILE_ROWS, origins.columns));
  return others;
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
): Omit<Options, keyof ReadOptions> {
  const { delimiter: _delimiter, encoding: _encoding, ...others } = options as Options & ReadOptions;
  const given = others as Readonly<Record<string, unknown>>;
  const named = NAMING.filter((name) => given[name] !== undefined).map(
    (name) => [name, listedColumns(table, name, [given[name]].flat() as string[])] as const,
  );
  return { ...others, ...Object.fromEntries(named) };
}

export const TARGET_ROW = data.of(LOAD_OPTIONS, 'target', { argument: 'column', short: 't', common: true });

/** How the cells of a file are written, for every command that takes them for what they are by itself. */
export const CELL_ROWS: readonly OptionRow[] = [
  data.of(LOAD_OPTIONS, 'missing', { argument: '?,-,none' }),
  data.of(LOAD_OPTIONS, 'decimal', { argument: 'mark' }),
  data.of(LOAD_OPTIONS, 'dateOrder', { argument: 'order' }),
];

/** The options that say what the columns of a file are taken for. */
export const COLUMN_ROWS: readonly OptionRow[] = [
  data.of(LOAD_OPTIONS, 'task', { common: true }),
  data.of(LOAD_OPTIONS, 'drop', { aliases: ['ignore'], common: true }),
  data.of(LOAD_OPTIONS, 'only'),
  data.of(LOAD_OPTIONS, 'categorical'),
  data.of(LOAD_OPTIONS, 'missingTarget'),
  ...CELL_ROWS,
  data.of(LOAD_OPTIONS, 'weightColumn', { argument: 'column' }),
  data.of(LOAD_OPTIONS, 'groupColumn', { argument: 'column' }),
  data.of(LOAD_OPTIONS, 'timeColumn', { argument: 'column' }),
];

export const CLASS_WEIGHTS_ROW = data.of(LOAD_OPTIONS, 'classWeights', {
  acceptsMap: true,
  argument: 'weights',
  common: true,
});

/** How many categories of a column have a feature each. */
export const MAX_CATEGORIES_ROW = data.of(LOAD_OPTIONS, 'maxCategories', { argument: 'n' });

/** The options that say what the columns of a training file are, and what is made of them. */
export const DATA_ROWS: readonly OptionRow[] = [
  TARGET_ROW,
  ...COLUMN_ROWS,
  data.of(LOAD_OPTIONS, 'impute', { common: true }),
  data.of(LOAD_OPTIONS, 'timeGap', { argument: 'n' }),
  data.of(LOAD_OPTIONS, 'missingIndicators'),
  data.of(LOAD_OPTIONS, 'unseen'),
  MAX_CATEGORIES_ROW,
  data.of(LOAD_OPTIONS, 'scaling', { defaultText: 'columns, or together with `image`' }),
  data.of(LOAD_OPTIONS, 'clipShape'),
  data.of(LOAD_OPTIONS, 'targetScaling'),
  data.of(LOAD_OPTIONS, 'softClip', { argument: 'c', acceptsNone: true, range: 'a number > 0, or none' }),
  ...FILE_ROWS,
  CLASS_WEIGHTS_ROW,
  data.of(LOAD_OPTIONS, 'testShare', { common: true }),
];
