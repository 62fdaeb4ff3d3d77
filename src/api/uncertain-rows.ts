// Where the uncertainty of predictions comes from: an object for each record, arrays for all else.

import type { TaskKind } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { type Inputs, isRecords } from '../ensemble/predict/inputs.js';
import type { CombineOptions } from '../ensemble/predict/predict.js';
import type { UncertainPredictions } from '../ensemble/predict/predict-uncertainty.js';
import { predictUncertainty } from './many-rows.js';
import { type UncertainRow, uncertainRows } from './uncertain-records.js';

export type { UncertainClass, UncertainRecords, UncertainRow, UncertainValue } from './uncertain-records.js';

/** Objects for records, arrays for all else. */
export async function uncertaintyOfRows<Kind extends TaskKind>(
  record: TrainedEnsemble<Kind>,
  inputs: Inputs,
  options?: CombineOptions,
): Promise<UncertainRow<Kind>[] | UncertainPredictions> {
  const found = await predictUncertainty(record, inputs, options);
  return isRecords(inputs) ? uncertainRows(record.task, found) : found;
}
