// How the rows of a file stand to those that an ensemble was trained on: all of them, a part, or unknown rows.

import type { Dataset } from '../../data/dataset/dataset.js';
import { splitAgain } from '../../data/load.js';
import { type Preprocessing, rowsToUse, transformTable } from '../../data/preprocessing/preprocessing.js';
import type { ClassWeights } from '../../data/preprocessing/weights.js';
import type { Table } from '../../data/table/table.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { isTrainedOn } from '../../ensemble/evaluate/out-of-bag-rows.js';
import { failOption } from '../../errors.js';
import { counted } from '../../report/words.js';

/** Rows of a file as a dataset. */
export interface FilePart {
  readonly dataset: Dataset;
  /** The table's row of each. */
  readonly rows: Uint32Array;
}

/** The rows of a file that an ensemble was trained on, with the groups they had; null when none are known to be. */
export function trainingPart(
  ensemble: TrainedEnsemble,
  preprocessing: Preprocessing,
  table: Table,
): Dataset | null {
  return trainingPartOf(ensemble, preprocessing, table)?.dataset ?? null;
}

function trainingPartOf(
  ensemble: TrainedEnsemble,
  preprocessing: Preprocessing,
  table: Table,
): FilePart | null {
  const all = rowsToUse(preprocessing, table);
  const whole = datasetOf(preprocessing, table, all);
  if (isTrainedOn(ensemble, whole)) return { dataset: whole, rows: all };
  const split = ensemble.trainedOn?.split ?? null;
  const rows = split === null ? null : splitAgain(whole, all, split);
  if (rows === null) return null;
  const part = datasetOf(preprocessing, table, rows.train);
  return isTrainedOn(ensemble, part) ? { dataset: part, rows: rows.train } : null;
}

/** How the rows of a file are looked at whose truth is known. */
export const ROWS_FROM = ['outOfBag', 'heldOut'] as const;

export interface KnownPart extends FilePart {
  readonly rowsFrom: (typeof ROWS_FROM)[number];
}

/**
 * The rows of a file to look at: those that the ensemble was trained on, with their weights, out of bag where the file has
 * them, or all rows as rows that it was not trained on.
 * @param stated what the user says of the rows. @throws ERR_OPTION for rows out of bag that the file does not have.
 */
export function knownPart(
  ensemble: TrainedEnsemble,
  preprocessing: Preprocessing,
  table: Table,
  stated: KnownPart['rowsFrom'] | undefined,
): KnownPart {
  const part = stated === 'heldOut' ? null : trainingPartOf(ensemble, preprocessing, table);
  if (part !== null) {
    const weighted = preprocessing.weightColumn !== null && hasColumn(table, preprocessing.weightColumn);
    const dataset = weighted ? transformTable(preprocessing, table, part.rows, {}) : part.dataset;
    return { dataset, rows: part.rows, rowsFrom: 'outOfBag' };
  }
  if (stated === 'outOfBag') {
    failOption('rows', `heldOut, as ${table.source} does not hold the rows that it was trained on`, stated);
  }
  const rows = rowsToUse(preprocessing, table);
  return { dataset: transformTable(preprocessing, table, rows), rows, rowsFrom: 'heldOut' };
}

function hasColumn(table: Table, name: string): boolean {
  return table.columns.some((column) => column.name === name);
}

/** The rows of a file that an ensemble was trained on, to train on again, and those that its test share held out. */
export interface TrainingRows {
  readonly train: Dataset;
  readonly test: Dataset | null;
}

/**
 * @param classWeights those it was trained with, which it does not remember.
 * @returns null when the file does not hold the rows.
 */
export function trainingRowsOf(
  { trainedOn }: TrainedEnsemble,
  preprocessing: Preprocessing,
  table: Table,
  classWeights?: ClassWeights,
): TrainingRows | null {
  const all = rowsToUse(preprocessing, table);
  const extras = { classWeights };
  const split = trainedOn?.split ?? null;
  if (split === null) return { train: transformTable(preprocessing, table, all, extras), test: null };
  const rows = splitAgain(datasetOf(preprocessing, table, all), all, split);
  if (rows === null) return null;
  const train = transformTable(preprocessing, table, rows.train, extras);
  return { train, test: transformTable(preprocessing, table, rows.test) };
}

/** What to say when rows that are scored are rows that were trained on, or null. */
export function trainedNote(
  ensemble: TrainedEnsemble,
  preprocessing: Preprocessing,
  table: Table,
): string | null {
  const part = trainingPart(ensemble, preprocessing, table);
  if (part === null) return null;
  const which =
    part.rows === table.rows
      ? 'These are the rows'
      : `${counted(part.rows, 'row')} of these ${table.rows} are those`;
  return `${which} the ensemble was trained on: the figures are better than on new rows.`;
}

/** Groups and times decide who drew which row, so they are read as for training. */
function datasetOf(preprocessing: Preprocessing, table: Table, rows: Uint32Array): Dataset {
  const order = preprocessing.timeColumn ?? preprocessing.groupColumn;
  const hasOrder = order !== null && hasColumn(table, order);
  return transformTable(preprocessing, table, rows, hasOrder ? { weights: false } : null);
}
