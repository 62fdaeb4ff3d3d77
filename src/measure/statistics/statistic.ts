// What figures of whole sets of rows are made of: all rows' predictions beside the truth, and statistics of them under
// any weights of the rows, so that resampling rows is weighing them anew and nothing is sorted or binned twice.

import type { Task, Values } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';

/** Predictions of rows whose truth is known, all of a weight above 0. */
export interface WholeRows {
  readonly task: Task;
  readonly rows: number;
  /** Classes, or targets. */
  readonly outputs: number;
  /** Probabilities, or values in the user's units: [rows, outputs]. */
  readonly mean: Values;
  readonly logProbabilities: Float32Array | null;
  /** [rows, targets], in the square of the user's units. */
  readonly variance: Values | null;
  readonly varianceKind: CombinedPredictions['varianceKind'];
  /** Classification: the predicted class of each row; else empty. */
  readonly chosen: Int32Array;
  readonly truth: TargetBlock;
  /** f64[rows], > 0. */
  readonly weights: Float64Array;
}

/** Something that figures are functions of. Those that name the same statistic share it. */
export interface Statistic<Figures> {
  /** Sorts and bins, once. What it returns is called for each weighing: f64[rows], ≥ 0, of which some are above 0. */
  prepare(rows: WholeRows): (weights: Float64Array) => Figures;
}

/** The sum of f64[n], in its order. */
export function total(weights: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) sum += weights[at]!;
  return sum;
}

/** The mean of those that are no NaN; null for none. */
export function definedMean(values: Float64Array): number | null {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at])) continue;
    sum += values[at]!;
    count++;
  }
  return count === 0 ? null : sum / count;
}
