// Predictions together with where their uncertainty comes from, in one pass over the rows.

import { checkOptions, pickOptions } from '../../option-names.js';
import { type Uncertainty, uncertaintyOf } from '../../predictions/aggregate/uncertainty.js';
import type { RowRange } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { joinedUncertainty } from './consecutive-blocks.js';
import { type Inputs, inputsOf } from './inputs.js';
import {
  type CombineOptions,
  combineSettings,
  concatenate,
  eachBlock,
  ensembleCombiner,
  PREDICT_OPTIONS,
} from './predict.js';
import { MEMBER_PREDICTION_OPTIONS } from './predict-members.js';
import { requireMembers } from './stored-members.js';

/** Predictions of rows, and of each of them where its uncertainty comes from. */
export interface UncertainPredictions extends Uncertainty {
  readonly predictions: CombinedPredictions;
}

/** As src/api/many-rows.ts says of it, on the calling thread where no runner is named. */
export async function predictUncertainty(
  ensemble: TrainedEnsemble,
  inputs: Inputs,
  options: CombineOptions = {},
): Promise<UncertainPredictions> {
  checkOptions('predictUncertainty', options, PREDICT_OPTIONS);
  options.signal?.throwIfAborted();
  requireMembers(ensemble, 'to predict with');
  const { x, rows } = inputsOf(ensemble, inputs);
  const combine = ensembleCombiner(ensemble, options);
  const { weights = null } = combineSettings(ensemble, options);
  const combined: CombinedPredictions[] = [];
  const parts: Uncertainty[] = [];
  const visit = (members: readonly Predictions[], _: RowRange) => {
    combined.push(combine(members));
    parts.push(uncertaintyOf(members, ensemble.task, { weights }));
  };
  await eachBlock(ensemble, x, rows, null, visit, pickOptions(options, MEMBER_PREDICTION_OPTIONS));
  return { predictions: concatenate(combined, rows), ...joinedUncertainty(parts, rows) };
}
