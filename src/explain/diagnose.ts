// Where an ensemble does badly on rows whose truth is known, in one pass over them: single rows, suspected errors of labels,
// and slices.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { predictKnownRows } from '../ensemble/evaluate/known-rows.js';
import { isTrainedOn } from '../ensemble/evaluate/out-of-bag-rows.js';
import { averagingWeights } from '../ensemble/predict/averaging-weights.js';
import { type CombineOptions, PREDICT_OPTIONS } from '../ensemble/predict/predict.js';
import { checkOptions, type OptionTable, option, pickOptions } from '../option-names.js';
import type { KnownRows } from '../predictions/known-rows.js';
import { nothingOutOfBag } from './explained-rows.js';
import { type HardRows, hardRows } from './hard-rows.js';
import { type SuspectRows, suspectRows } from './suspect-rows.js';
import { SLICE_OPTIONS, type SliceOptions, type WorstSlices, worstSlices } from './worst-slices.js';

export interface DiagnoseOptions extends CombineOptions, SliceOptions {
  /** @default out of bag for the dataset that the ensemble was trained on, else held out */
  readonly rowsFrom?: KnownRows['rowsFrom'];
}

const DIAGNOSE_OPTIONS = {
  ...PREDICT_OPTIONS,
  ...SLICE_OPTIONS,
  rowsFrom: option.oneOf('heldOut', 'outOfBag'),
} satisfies OptionTable<DiagnoseOptions>;

export interface Diagnosis extends HardRows {
  readonly rowsFrom: KnownRows['rowsFrom'];
  readonly rows: number;
  readonly suspects: SuspectRows;
  readonly slices: WorstSlices;
}

/**
 * Finds the rows of the highest loss, those that members disagree on most, suspected errors of labels or values (all of
 * them), and the slices that are worse than the rest, on the calling thread unless a runner is named.
 *
 * @param dataset the one it was trained on, or rows that it was not trained on.
 * @param options `most` rows and slices of each list are given.
 * @throws ERR_DATA where no row is out of bag; ERR_OPTION for a column that is none; what `predictEnsemble` throws.
 */
export async function diagnose(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  checkOptions('diagnose', options, DIAGNOSE_OPTIONS);
  const rowsFrom = options.rowsFrom ?? (isTrainedOn(ensemble, dataset) ? 'outOfBag' : 'heldOut');
  const known = await predictKnownRows(ensemble, dataset, rowsFrom, pickOptions(options, PREDICT_OPTIONS));
  if (known === null) throw nothingOutOfBag(ensemble);
  return {
    ...{ rowsFrom, rows: known.rows },
    ...hardRows(known, {
      ...pickOptions(options, { most: SLICE_OPTIONS.most }),
      weights: options.weights ?? averagingWeights(ensemble),
    }),
    suspects: suspectRows(known),
    slices: worstSlices(known, dataset, pickOptions(options, SLICE_OPTIONS)),
  };
}
