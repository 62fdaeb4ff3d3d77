// Rows as numbers or as records of the training file's columns.

import type { Preprocessing } from '../../data/dataset/preprocessing-types.js';
import type { DataRecord } from '../../data/table/record-table.js';
import { failOption, TuttiError } from '../../errors.js';
import type { TrainedEnsemble } from '../ensemble.js';

/** Whether inputs are records: a list of objects. */
export function isRecords(x: unknown): x is readonly DataRecord[] {
  return Array.isArray(x) && typeof x[0] === 'object';
}

/** How raw rows become numbers. @throws ERR_OPTION where the ensemble was trained on arrays */
export function columnsOf({ preprocessing }: TrainedEnsemble): Preprocessing {
  if (preprocessing !== null) return preprocessing;
  const why = 'numbers or a dataset, because the ensemble was trained on arrays and knows no columns by name';
  return failOption('x', why, 'raw rows');
}

/** How many rows of features numbers are. @throws ERR_SHAPE */
export function wholeRows({ features }: TrainedEnsemble, { length }: ArrayLike<number>): number {
  const rows = length / features;
  if (Number.isInteger(rows)) return rows;
  throw new TuttiError(
    'ERR_SHAPE',
    `Expected x to be whole rows of ${features} features, got ${length} numbers`,
    { features, length },
  );
}
