// What may be handed to a trained ensemble: rows in the user's units, as numbers, as a dataset, or raw, as a table or
// records of the training file's columns. A dataset's own scales do not matter, since the ensemble encodes with its
// own; its columns and its task must be the ensemble's.

import { requireDataset } from '../../data/dataset/check-dataset.js';
import type { Dataset, Values } from '../../data/dataset/dataset.js';
import { featureNames, transformFeatures } from '../../data/preprocessing/features.js';
import { transformRecords } from '../../data/preprocessing/records.js';
import { failRows } from '../../data/table/fail-rows.js';
import type { DataRecord } from '../../data/table/record-table.js';
import type { Table } from '../../data/table/table.js';
import { describe, TuttiError } from '../../errors.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { columnsOf, isRecords, wholeRows } from './raw-rows.js';

export { isRecords } from './raw-rows.js';

/**
 * Rows to predict: [rows, features], row-major, in the user's units; a dataset, for its `x`; or, where the ensemble was
 * trained on a table, raw rows: a table with the columns of the training file, found by name, or records of them.
 */
export type Inputs = ArrayInputs | readonly DataRecord[];

/** Those that are predicted into arrays; records are also answered one by one. */
export type ArrayInputs = Values | readonly number[] | Dataset | Table;

/**
 * The numbers of what is to be predicted.
 * @throws ERR_SHAPE when they are no whole rows, or a dataset's columns are others; ERR_DATA for a raw cell, named by row
 * and column; ERR_OPTION for anything else, and for raw rows where the ensemble was trained on arrays
 */
export function inputsOf(
  ensemble: TrainedEnsemble,
  x: Inputs,
): { readonly x: Values; readonly rows: number } {
  if (x instanceof Float32Array || x instanceof Float64Array) return { x, rows: wholeRows(ensemble, x) };
  if (isRecords(x)) return { x: transformRecords(columnsOf(ensemble), x), rows: x.length };
  if (isNumbers(x)) return { x: Float64Array.from(x), rows: wholeRows(ensemble, x) };
  if (isTable(x)) return { x: transformFeatures(columnsOf(ensemble), x), rows: x.rows };
  if (typeof x !== 'object' || x === null || !('encoding' in x)) {
    failRows(
      'x',
      'a Float32Array or Float64Array of rows, a list of numbers or records, a table or a dataset',
      x,
    );
  }
  requireDataset(x, 'x');
  checkColumns(ensemble, x);
  return { x: x.x, rows: x.rows };
}

function isNumbers(x: Inputs): x is readonly number[] {
  return Array.isArray(x);
}

function isTable(x: Inputs): x is Table {
  return typeof x === 'object' && x !== null && 'columns' in x && 'source' in x;
}

/**
 * @throws ERR_OPTION, ERR_SHAPE, ERR_DATA for what is no dataset; ERR_SHAPE when its columns or its task are not the
 * ensemble's.
 */
export function checkDataset(ensemble: TrainedEnsemble, dataset: Dataset): void {
  requireDataset(dataset);
  checkColumns(ensemble, dataset);
  const task = (of: Dataset | TrainedEnsemble) => JSON.stringify(of.task);
  if (task(dataset) === task(ensemble)) return;
  throw new TuttiError(
    'ERR_SHAPE',
    `Expected a dataset of the ensemble's task, ${namesOf(ensemble)}, got ${namesOf(dataset)}`,
    { task: dataset.task.kind },
  );
}

const MOST_LISTED = 8;

function namesOf({ task }: Dataset | TrainedEnsemble): string {
  const names = task.kind === 'classification' ? task.classes : task.targets;
  const listed = names.slice(0, MOST_LISTED).map((name) => describe(name));
  const more = names.length > MOST_LISTED ? `, …${names.length - MOST_LISTED} more` : '';
  return `${task.kind} of ${listed.join(', ')}${more}`;
}

function checkColumns(ensemble: TrainedEnsemble, dataset: Dataset): void {
  if (dataset.features !== ensemble.features) {
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected a dataset of ${ensemble.features} features and the ensemble's ${ensemble.task.kind} targets, ` +
        `got ${dataset.features} features and ${dataset.task.kind}`,
      { features: dataset.features },
    );
  }
  if (ensemble.preprocessing === null || dataset.preprocessing === null) return;
  const expected = featureNames(ensemble.preprocessing.features);
  const got = featureNames(dataset.preprocessing.features);
  const at = expected.findIndex((name, i) => name !== got[i]);
  if (at < 0) return;
  throw new TuttiError(
    'ERR_SHAPE',
    `Expected feature ${at} of the dataset to be \`${expected[at]}\`, as in training, got \`${got[at]}\``,
    { feature: at, column: got[at]! },
  );
}
