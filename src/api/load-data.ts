// From a file, bytes, a table or records to datasets to train and to test on, in one call.

import { type ArrowTable, isArrowTable, tableFromArrow } from '../data/columnar/arrow-table.js';
import type { Dataset, TaskKind } from '../data/dataset/dataset.js';
import { LOAD_OPTIONS, type LoadedData, type LoadOptions, loadTraining } from '../data/load.js';
import { transformTable } from '../data/preprocessing/preprocessing.js';
import { openTable, refuseReading } from '../data/readers/open-table.js';
import { isQuery, type QuerySource } from '../data/readers/query-source.js';
import type { ReadOptions } from '../data/readers/read-options.js';
import { type DataRecord, tableFromRecords } from '../data/table/record-table.js';
import type { Table } from '../data/table/table.js';
import { failOption } from '../errors.js';
import { betweenBlocks, LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';

/** Where rows come from: a file by its path (`-`: standard input), its `file:` URL or its bytes, a table, or records with equal keys. */
export type DataSource = string | URL | Uint8Array | QuerySource | ArrowTable | Table | readonly DataRecord[];

/** How data is loaded. */
export interface LoadDataOptions<Kind extends TaskKind = TaskKind> extends LoadOptions, LongCallOptions {
  /** @default guessed: text, or integers with at most 20 distinct values, are classes */
  readonly task?: Kind | undefined;
  /** Rows to test on that lie elsewhere, with the same columns; instead of `testShare`. @default none */
  readonly test?: DataSource | undefined;
}

/** What was loaded; `Test` is null where no rows are tested on. */
export interface TrainingData<
  Kind extends TaskKind = TaskKind,
  Test extends Dataset<Kind> | null = Dataset<Kind> | null,
> extends LoadedData {
  readonly train: Dataset<Kind>;
  /** The rows to test on, in the encoding of the training rows. */
  readonly test: Test;
}

const OPTIONS = {
  ...LOAD_OPTIONS,
  ...LONG_CALL_OPTIONS,
  test: option.any,
} as const satisfies OptionTable<LoadDataOptions>;

/**
 * Loads data to train on: reads, takes every column for what it is, splits, and makes numbers of it. The split is
 * stratified by class or keeps groups whole; scales and fills see the training rows only.
 *
 *     const { train, test, notes } = await loadData('digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
 *
 * @throws ERR_FILE, ERR_OPTION, and ERR_DATA naming file, line, row and column.
 */
export function loadData<Kind extends TaskKind = TaskKind>(
  source: DataSource,
  options: LoadDataOptions<Kind> & ({ readonly testShare: number } | { readonly test: DataSource }),
): Promise<TrainingData<Kind, Dataset<Kind>>>;
export function loadData<Kind extends TaskKind = TaskKind>(
  source: DataSource,
  options: LoadDataOptions<Kind>,
): Promise<TrainingData<Kind>>;
export async function loadData(source: DataSource, options: LoadDataOptions): Promise<TrainingData> {
  checkOptions('loadData', options, OPTIONS);
  const { test, delimiter, encoding, signal, ...others } = options;
  signal?.throwIfAborted();
  const reading = { delimiter, encoding };
  if (test !== undefined && others.testShare !== undefined) {
    failOption('testShare', 'absent beside `test`', others.testShare);
  }
  const table = await tableOf('source', source, reading, signal);
  await betweenBlocks(signal);
  if (![source, test].some(isFile)) refuseReading(reading); // refuses how to read what is read already
  const data = loadTraining(table, others);
  if (test === undefined) return data;
  const rows = await tableOf('test', test, reading, signal);
  await betweenBlocks(signal);
  return { ...data, test: transformTable(data.preprocessing, rows) };
}

function isFile(source: DataSource | undefined): source is string | URL | Uint8Array {
  return typeof source === 'string' || source instanceof URL || source instanceof Uint8Array;
}

/** The table of a source; a file is read as the options say. */
export async function tableOf(
  name: string,
  source: DataSource,
  reading: ReadOptions,
  signal: AbortSignal | undefined,
): Promise<Table> {
  if (isFile(source)) return openTable(source, { ...reading, ...(signal && { signal }) });
  if (isQuery(source)) {
    refuseReading(reading);
    return openTable(source, { ...(signal && { signal }) });
  }
  if (isArrowTable(source)) return tableFromArrow(source);
  if (Array.isArray(source)) return tableFromRecords(source);
  if (typeof source === 'object' && source !== null && 'columns' in source) return source;
  return failOption(name, 'the path of a file, its bytes, a table or a list of records', source);
}
