// What may be handed to a trained ensemble: rows in the user's units, alone or as a dataset. A dataset's own scales
// do not matter, since the ensemble encodes with its own; its columns and its task must be the ensemble's.

import { requireDataset } from '../data/check-dataset.js';
import type { Dataset, Values } from '../data/dataset.js';
import { featureNames } from '../data/preprocessing.js';
import { describe, failOption, TuttiError } from '../errors.js';
import type { Ensemble } from './ensemble.js';

/** Rows to predict: [rows, features], row-major, in the user's units; or a dataset, for its `x`. */
export type Inputs = Values | readonly number[] | Dataset;

/**
 * The numbers of what is to be predicted.
 * @throws ERR_SHAPE when they are no whole rows, or a dataset's columns are others; ERR_OPTION for anything else
 */
export function inputsOf(ensemble: Ensemble, x: Inputs): { readonly x: Values; readonly rows: number } {
  if (x instanceof Float32Array || x instanceof Float64Array) return { x, rows: wholeRows(ensemble, x) };
  if (Array.isArray(x)) return { x: Float64Array.from(x), rows: wholeRows(ensemble, x) };
  if (typeof x !== 'object' || x === null || !('encoding' in x)) {
    failOption('x', 'a Float32Array or Float64Array of rows, an array of numbers, or a dataset', x);
  }
  requireDataset(x, 'x');
  checkColumns(ensemble, x);
  return { x: x.x, rows: x.rows };
}

function wholeRows({ features }: Ensemble, { length }: ArrayLike<number>): number {
  const rows = length / features;
  if (Number.isInteger(rows)) return rows;
  throw new TuttiError(
    'ERR_SHAPE',
    `Expected x to be whole rows of ${features} features, got ${length} numbers`,
    { features, length },
  );
}

/**
 * @throws ERR_OPTION, ERR_SHAPE, ERR_DATA for what is no dataset; ERR_SHAPE when its columns or its task are not the
 * ensemble's.
 */
export function checkDataset(ensemble: Ensemble, dataset: Dataset): void {
  requireDataset(dataset);
  checkColumns(ensemble, dataset);
  const task = (of: Dataset | Ensemble) => JSON.stringify(of.task);
  if (task(dataset) === task(ensemble)) return;
  throw new TuttiError(
    'ERR_SHAPE',
    `Expected a dataset of the ensemble's task, ${namesOf(ensemble)}, got ${namesOf(dataset)}`,
    { task: dataset.task.kind },
  );
}

const MOST_LISTED = 8;

function namesOf({ task }: Dataset | Ensemble): string {
  const names = task.kind === 'classification' ? task.classes : task.targets;
  const listed = names.slice(0, MOST_LISTED).map((name) => describe(name));
  const more = names.length > MOST_LISTED ? `, …${names.length - MOST_LISTED} more` : '';
  return `${task.kind} of ${listed.join(', ')}${more}`;
}

function checkColumns(ensemble: Ensemble, dataset: Dataset): void {
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
