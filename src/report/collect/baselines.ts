// What the ensemble should beat, on the same rows.

import type { Dataset } from '../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { outOfBagBaselines } from '../../ensemble/evaluate/evaluate.js';
import type { Baseline } from '../../measure/baseline/baseline.js';
import { baselinePredictions } from '../../measure/baseline/predict-baseline.js';
import type { RowScores } from '../../measure/scores/row-scores.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import { scoredQuickly } from './scores.js';

export interface ScoredBaseline {
  readonly name: string;
  readonly scores: RowScores;
}

/**
 * Scores of each part of a baseline. On the rows that it was fitted on itself other linear models stand in for it, each of rows
 * without those it predicts.
 * @param outOfFold whether those are to be fitted, which takes a tenth of the report's time; else the linear model is left out
 */
export function scoredBaselines(
  { encoding }: Pick<TrainedEnsemble, 'encoding'>,
  baseline: Baseline | null,
  known: KnownRows,
  dataset: Dataset,
  options: { readonly level: number; readonly replicates: number },
  outOfFold: boolean,
): ScoredBaseline[] {
  if (baseline === null) return [];
  const { task, index, rowsFrom } = known;
  const { x, features } = dataset;
  const constant = task.kind === 'classification' ? 'most frequent class' : 'mean of the target';
  const own = rowsFrom === 'heldOut' || outOfFold ? baseline : { ...baseline, linear: null };
  const all =
    rowsFrom === 'heldOut'
      ? baselinePredictions(own, { task, x, features, scale: encoding.features, index })
      : outOfBagBaselines({ task, encoding, baseline: own }, dataset, index);
  return all.map(({ name, predictions }) => ({
    name: name === 'constant' ? constant : `linear model${rowsFrom === 'heldOut' ? '' : ', out of fold'}`,
    scores: scoredQuickly({ ...known, combined: predictions }, options),
  }));
}
