// An ensemble beside what it should beat, on the same rows: the baselines' scores, and by how much it is better or worse.

import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { BaselineName } from '../baseline/predict-baseline.js';
import { INTERVAL_OPTIONS } from '../correlation/intervals.js';
import type { ScorableRows } from './resampled-rows.js';
import {
  type DrawnScores,
  type RowScoreOptions,
  type RowScores,
  type ScoreDifference,
  scoreDifferences,
  scoreKnownRows,
  scoreWithDraws,
} from './row-scores.js';

/** A baseline on the rows of a measurement. */
export interface BaselineMeasurement {
  /** The same answer for every row, or a linear model. */
  readonly name: 'constant' | 'linear';
  /** Without intervals. */
  readonly scores: RowScores;
  /** ensemble − baseline, of what is asked of an ensemble first: accuracy and log-loss, or the RMSE. */
  readonly differences: readonly ScoreDifference[];
}

/** What is compared, each with its interval. */
const COMPARED = { classification: ['accuracy', 'logLoss'], regression: ['rmse'] } as const;

/** @param options those of the ensemble's own scores, so that the same rows are drawn for both. */
export function againstBaselines(
  known: ScorableRows,
  baselines: readonly { readonly name: BaselineName; readonly predictions: CombinedPredictions }[],
  options: RowScoreOptions = {},
): BaselineMeasurement[] {
  if (baselines.length === 0) return [];
  const { level = INTERVAL_OPTIONS.level.default } = options;
  const compared = { ...options, metrics: COMPARED[known.task.kind] };
  const ensemble = scoreWithDraws(known, compared);
  return baselines.map(({ name, predictions }) => {
    const rows = { ...known, combined: predictions };
    const own: DrawnScores = scoreWithDraws(rows, { ...compared, probabilities: true });
    return {
      name,
      scores: scoreKnownRows(rows, { replicates: 0 }),
      differences: scoreDifferences(ensemble, own, level),
    };
  });
}

/** Where the ensemble is worse than a baseline. */
export function lostTo(baselines: readonly BaselineMeasurement[]) {
  return baselines.flatMap(({ name, differences }) =>
    differences.filter(({ better }) => better === false).map((difference) => ({ name, difference })),
  );
}
