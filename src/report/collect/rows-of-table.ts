// How the rows of a table stand to an ensemble: those it was trained on, to be judged out of bag, those that its test share
// held out, or rows it never saw; with the places of all of them in the table.

import type { Dataset } from '../../data/dataset/dataset.js';
import { splitAgain } from '../../data/load.js';
import { type Preprocessing, rowsToUse, transformTable } from '../../data/preprocessing/preprocessing.js';
import type { Table } from '../../data/table/table.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { isTrainedOn } from '../../ensemble/evaluate/out-of-bag-rows.js';
import type { RowsPart } from './collect-set.js';

/**
 * The parts of a table, those that no member was trained on first.
 * @throws ERR_DATA for a table without the columns, or whose cells do not fit them.
 */
export function partsOfTable(
  ensemble: TrainedEnsemble,
  preprocessing: Preprocessing,
  table: Table,
  source: string,
): RowsPart[] {
  const all = rowsToUse(preprocessing, table);
  const whole = datasetOf(preprocessing, table, all);
  if (isTrainedOn(ensemble, whole)) return [outOfBag(whole, all, source)];
  const split = ensemble.trainedOn?.split ?? null;
  const rows = split === null ? null : splitAgain(whole, all, split);
  if (rows !== null) {
    const train = datasetOf(preprocessing, table, rows.train);
    if (isTrainedOn(ensemble, train)) {
      const test = transformTable(preprocessing, table, rows.test);
      return [heldOut(test, rows.test, source), outOfBag(train, rows.train, source)];
    }
  }
  return [heldOut(transformTable(preprocessing, table, all), all, source)];
}

/** Rows as a dataset, which is all of the training rows or none. */
export function partOfDataset(ensemble: TrainedEnsemble, dataset: Dataset, source: string): RowsPart {
  return isTrainedOn(ensemble, dataset) ? outOfBag(dataset, null, source) : heldOut(dataset, null, source);
}

function outOfBag(dataset: Dataset, places: Uint32Array | null, source: string): RowsPart {
  return { dataset, places, source, rowsFrom: 'outOfBag', name: 'out of bag' };
}

function heldOut(dataset: Dataset, places: Uint32Array | null, source: string): RowsPart {
  return { dataset, places, source, rowsFrom: 'heldOut', name: 'test' };
}

/** Groups and times decide who drew which row, so they are read as for training. */
function datasetOf(preprocessing: Preprocessing, table: Table, rows: Uint32Array): Dataset {
  const order = preprocessing.timeColumn ?? preprocessing.groupColumn;
  const hasOrder = order !== null && table.columns.some(({ name }) => name === order);
  return transformTable(preprocessing, table, rows, hasOrder ? { weights: false } : null);
}
