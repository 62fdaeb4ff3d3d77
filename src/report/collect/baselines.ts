// What the ensemble should beat, on the same rows.

import type { Dataset } from '../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
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
 * Scores of each part of a baseline. On rows that it was fitted on itself the linear model's are better than on others, and are
 * left out.
 */
export function scoredBaselines(
  { encoding }: Pick<TrainedEnsemble, 'encoding'>,
  baseline: Baseline | null,
  known: KnownRows,
  { x, features }: Dataset,
  options: { readonly level: number; readonly replicates: number },
): ScoredBaseline[] {
  if (baseline === null) return [];
  const { task, index } = known;
  const all = baselinePredictions(baseline, { task, x, features, scale: encoding.features, index });
  const constant = task.kind === 'classification' ? 'most frequent class' : 'mean of the target';
  return all
    .filter(({ name }) => known.rowsFrom === 'heldOut' || name === 'constant')
    .map(({ name, predictions }) => ({
      name: name === 'constant' ? constant : 'linear model',
      scores: scoredQuickly({ ...known, combined: predictions }, options),
    }));
}
