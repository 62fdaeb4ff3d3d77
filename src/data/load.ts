// From a file to datasets in one call: read, judge the columns, split, fit on the training rows, transform.

import {
  checkOptions,
  described,
  type OptionTable,
  type OptionUses,
  option,
  requireUses,
} from '../option-names.js';
import { imageNotes } from './columns/image-notes.js';
import { type Judgement, judgeTable, type LeftOut } from './columns/judge-table.js';
import type { Dataset, TableSplit, TaskKind } from './dataset/dataset.js';
import { fillNotes } from './preprocessing/fill-notes.js';
import { groupNotes } from './preprocessing/group-notes.js';
import {
  type ClassWeights,
  fitPreprocessing,
  imputeOf,
  PREPROCESSING_OPTIONS,
  type Preprocessing,
  type PreprocessingOptions,
  timesOf,
  transformTable,
  transformTargets,
} from './preprocessing/preprocessing.js';
import { fitTarget } from './preprocessing/target.js';
import { CLASS_WEIGHTS, groupsOf } from './preprocessing/weights.js';
import { tableFrom } from './readers/open-table.js';
import { READ_OPTIONS, type ReadOptions } from './readers/read-options.js';
import { type RowSplit, splitRows } from './split.js';
import type { Table } from './table/table.js';
import { withinLimits } from './table/table-limits.js';

export interface LoadOptions extends PreprocessingOptions, ReadOptions {
  /** Share of the rows to hold out for testing, in [0, 1). @default 0 */
  readonly testShare?: number | undefined;
  /** Decides which rows are held out. @default 0 */
  readonly seed?: number | undefined;
  /** Weights of the loss by class; multiply the weight column. */
  readonly classWeights?: ClassWeights | undefined;
}

/** The checks of these options that need no table. */
export const LOAD_OPTIONS = {
  ...PREPROCESSING_OPTIONS,
  ...READ_OPTIONS,
  testShare: described(
    option.number('a number ≥ 0 and < 1', (share) => share >= 0 && share < 1),
    { kind: 'number', says: 'share of the rows to hold out and test on', default: 0 },
  ),
  seed: option.seed,
  classWeights: described(CLASS_WEIGHTS, {
    kind: 'choice',
    says: 'weights of the loss by class; those that are not named have 1',
    range: 'a number ≥ 0 for each, as yes=2,no=1',
    defaultSays: 'all alike',
  }),
} as const satisfies OptionTable<LoadOptions>;

const LOAD_USES = {
  seed: { says: '`testShare` is above 0', holds: ({ testShare = 0 }) => testShare > 0 },
  timeGap: { says: 'there is a `timeColumn`', holds: ({ timeColumn }) => timeColumn !== undefined },
} satisfies OptionUses<LoadOptions>;

export interface LoadedData {
  readonly train: Dataset;
  /** The rows held out; null without a test share. */
  readonly test: Dataset | null;
  readonly preprocessing: Preprocessing;
  readonly task: TaskKind;
  /** Why this task, to be printed: '10 distinct integers in `digit`'. */
  readonly taskReason: string;
  /** Rows of the table, from 0 and ascending, in the order of `train` and `test`. */
  readonly rows: RowSplit;
  readonly table: Table;
  /** Columns that nothing is learned from, and why. */
  readonly leftOut: readonly LeftOut[];
  /** What the user should know about how the columns were taken, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Loads training data from a CSV or JSON file or a table already read.
 *
 * The split is stratified by class or keeps groups whole; scales and fills see the training rows only.
 *
 * @throws ERR_FILE, ERR_OPTION, ERR_DATA before any training work
 */
export function loadTraining(source: string | Table, options: LoadOptions): LoadedData {
  checkOptions('loadTraining', options, LOAD_OPTIONS);
  requireUses<LoadOptions>(options, LOAD_USES);
  const table = tableFrom(source, options);
  return withinLimits(table.source, () => loadTable(table, options));
}

function loadTable(table: Table, options: LoadOptions): LoadedData {
  const judgement = judgeTable(table, options);
  const rows = splitJudged(table, judgement, options);
  const preprocessing = fitPreprocessing(table, rows.train, options, judgement);
  const { testShare = 0 } = options;
  const train = transformTable(preprocessing, table, rows.train, {
    classWeights: options.classWeights,
    split: testShare === 0 ? null : splitOf(judgement, options),
  });
  const test = rows.test.length === 0 ? null : transformTable(preprocessing, table, rows.test);
  const { kind, reason } = judgement.target;
  return {
    ...{ train, test, preprocessing, task: kind, taskReason: reason, rows, table },
    leftOut: preprocessing.leftOut ?? [],
    notes: [
      ...(table.remarks ?? []),
      // Whoever says how they are scaled knows.
      ...(options.scaling === undefined ? imageNotes(table) : []),
      ...judgement.notes,
      ...fillNotes(judgement, preprocessing, imputeOf(options)),
      ...groupNotes(judgement, preprocessing),
    ],
  };
}

function splitOf(
  { rows, time }: Judgement,
  { testShare = 0, seed = 0, timeGap = 0 }: LoadOptions,
): TableSplit {
  return { testShare, seed, rows: rows.length, ...(time === null ? {} : { timeGap }) };
}

/**
 * The rows to train on and those to hold out: the very ones of a training with these options.
 *
 * @throws ERR_DATA where the share holds out no row
 */
export function splitJudged(
  table: Table,
  judgement: Judgement,
  { testShare = 0, seed = 0, timeGap = 0 }: Pick<LoadOptions, 'testShare' | 'seed' | 'timeGap'>,
): RowSplit {
  const { rows: all, target, group, time } = judgement;
  if (testShare === 0) return { train: all, test: new Uint32Array(0) };
  const encoding = fitTarget(table, target, all, all);
  const labels = transformTargets({ target: encoding }, table, all)?.labels ?? new Int32Array(0);
  const groups = group === null ? null : groupsOf(table, all, group);
  const inOrder = time === null ? {} : { times: timesOf(table, all, time), timeGap };
  const { train, test } = splitRows({
    ...{ rows: all.length, share: testShare, seed, labels, groups },
    ...inOrder,
  });
  return { train: train.map((i) => all[i]!), test: test.map((i) => all[i]!) };
}

/**
 * The split that a training made of a table, made again of the same table.
 *
 * @param whole the table's rows with the groups of the training
 * @param all the table's row of each of them
 * @returns null when there are not as many rows as were split
 */
export function splitAgain(whole: Dataset, all: Uint32Array, of: TableSplit): RowSplit | null {
  const { rows, labels, groups, times } = whole;
  if (rows !== of.rows || rows < 2 || (of.timeGap === undefined) !== (times === undefined)) return null;
  const { train, test } = splitRows({
    ...{ rows, share: of.testShare, seed: of.seed, labels, groups },
    ...(times === undefined ? {} : { times, timeGap: of.timeGap ?? 0 }),
  });
  return { train: train.map((i) => all[i]!), test: test.map((i) => all[i]!) };
}
