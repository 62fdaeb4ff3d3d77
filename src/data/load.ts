// From a file to datasets in one call: read, choose the task, split, fit on the training rows, transform.

import { checkOptions, type OptionTable, option, pickOptions } from '../option-names.js';
import { CSV_OPTIONS, type CsvOptions, readCsv } from './csv.js';
import type { Dataset } from './dataset.js';
import {
  assignRoles,
  type ClassWeights,
  type ColumnRoles,
  fitPreprocessing,
  PREPROCESSING_OPTIONS,
  type Preprocessing,
  type PreprocessingOptions,
  type TaskChoice,
  taskOf,
  transformTable,
  transformTargets,
} from './preprocessing.js';
import { type RowSplit, splitRows } from './split.js';
import type { Table } from './table.js';
import { fitTarget } from './target.js';
import { CLASS_WEIGHTS, groupsOf } from './weights.js';

export interface LoadOptions extends PreprocessingOptions, CsvOptions {
  /** Share of the rows to hold out for testing, in [0, 1). @default 0 */
  readonly testShare?: number | undefined;
  /** Decides which rows are held out. @default 0 */
  readonly seed?: number | undefined;
  /** Weights of the loss by class; multiply the weight column. */
  readonly classWeights?: ClassWeights | undefined;
}

const LOAD_OPTIONS = {
  ...PREPROCESSING_OPTIONS,
  ...CSV_OPTIONS,
  testShare: option.number('a number from 0 to below 1', (share) => share >= 0 && share < 1),
  seed: option.seed,
  classWeights: CLASS_WEIGHTS,
} satisfies OptionTable<LoadOptions>;

export interface LoadedData {
  readonly train: Dataset;
  /** The rows held out; null without a test share. */
  readonly test: Dataset | null;
  readonly preprocessing: Preprocessing;
  readonly task: TaskChoice['kind'];
  /** Why this task, to be printed: '10 distinct integers in `digit`'. */
  readonly taskReason: string;
  /** Rows of the table, from 0 and ascending, in the order of `train` and `test`. */
  readonly rows: RowSplit;
  readonly table: Table;
}

/**
 * Loads training data from a CSV file or a table already read.
 *
 * The split is stratified by class or keeps groups whole; scales and fills see the training rows only.
 *
 * @throws ERR_FILE, ERR_OPTION, ERR_DATA before any training work
 */
export function loadTraining(source: string | Table, options: LoadOptions): LoadedData {
  checkOptions('loadTraining', options, LOAD_OPTIONS);
  const { testShare = 0 } = options;
  const table = typeof source === 'string' ? readCsv(source, pickOptions(options, CSV_OPTIONS)) : source;
  const roles = assignRoles(table, options);
  const choice = taskOf(table, roles, options);
  const rows = split(table, roles, choice, testShare, options.seed ?? 0);
  const preprocessing = fitPreprocessing(table, rows.train, options);
  const train = transformTable(preprocessing, table, rows.train, { classWeights: options.classWeights });
  const test = rows.test.length === 0 ? null : transformTable(preprocessing, table, rows.test);
  return { train, test, preprocessing, task: choice.kind, taskReason: choice.reason, rows, table };
}

function split(table: Table, roles: ColumnRoles, choice: TaskChoice, share: number, seed: number): RowSplit {
  const all = Uint32Array.from({ length: table.rows }, (_, row) => row);
  if (share === 0) return { train: all, test: new Uint32Array(0) };
  const target = fitTarget(table, roles.targets, choice.kind, all);
  const labels = transformTargets({ target }, table)?.labels ?? new Int32Array(0);
  const groups = roles.group === null ? null : groupsOf(table, all, roles.group);
  return splitRows({ rows: table.rows, share, seed, labels, groups });
}
