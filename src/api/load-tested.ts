// What `loadData` does: training rows, and rows to test on, from the same source or from another.

import type { Dataset, TaskKind } from '../data/dataset/dataset.js';
import { LOAD_OPTIONS, type LoadedData, type LoadOptions, loadTraining } from '../data/load.js';
import { type Preprocessing, transformTable } from '../data/preprocessing/preprocessing.js';
import { tableFrom } from '../data/readers/open-table.js';
import { READ_OPTIONS } from '../data/readers/reader.js';
import { type DataRecord, tableFromRecords } from '../data/table/record-table.js';
import type { Table } from '../data/table/table.js';
import { failOption } from '../errors.js';
import { checkOptions, type OptionTable, option, pickOptions } from '../option-names.js';

/** Where rows come from: a file by its path (`-`: standard input), a table, or records with equal keys. */
export type DataSource = string | Table | readonly DataRecord[];

/** How data is loaded. */
export interface LoadDataOptions<Kind extends TaskKind = TaskKind> extends LoadOptions {
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

const OPTIONS = { ...LOAD_OPTIONS, test: option.any } as const satisfies OptionTable<LoadDataOptions>;

export function loadTested(source: DataSource, options: LoadDataOptions): TrainingData {
  checkOptions('loadData', options, OPTIONS);
  const { test, ...others } = options;
  if (test === undefined) return loadTraining(readable('source', source), others);
  if (others.testShare !== undefined) failOption('testShare', 'absent beside `test`', others.testShare);
  const data = loadTraining(readable('source', source), others);
  return { ...data, test: testRows(data.preprocessing, test, others) };
}

/** Rows of the same columns from elsewhere, read alike. */
function testRows(preprocessing: Preprocessing, test: DataSource, options: LoadOptions): Dataset {
  const source = readable('test', test);
  const own = typeof source === 'string' ? pickOptions(options, READ_OPTIONS) : {};
  return transformTable(preprocessing, tableFrom(source, own));
}

/** What a table is made from. */
function readable(name: string, source: DataSource): string | Table {
  if (typeof source === 'string') return source;
  if (Array.isArray(source)) return tableFromRecords(source);
  if (typeof source === 'object' && source !== null && 'columns' in source) return source;
  return failOption(name, 'the path of a file, a table or a list of records', source);
}
