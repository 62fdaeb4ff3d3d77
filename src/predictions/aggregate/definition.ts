// What an aggregator is: one record in a file of its own, listed in aggregators.ts. Nothing else names it.

import type { Task } from '../../data/dataset/dataset.js';
import type { CombinedPredictions } from '../combined-predictions.js';
import type { Predictions } from '../predictions.js';
import type { Shares } from './shares.js';

export interface AggregatorDefinition {
  readonly name: string;
  /** What texts call it. */
  readonly title: string;
  /** What it does, as a clause. */
  readonly says: string;
  /** Whether it is a weighted sum of predictions, whose squared error v and c foretell. */
  readonly linear: boolean;
  /** Whether what it gives for classes are probabilities, which have a log-loss. */
  readonly probabilities: boolean;
  /** Tasks for which its curve over sampled subsets of the members is measured. */
  readonly curves: readonly Task['kind'][];
  /** Tasks for which it reads `tolerance`. */
  readonly floors: readonly Task['kind'][];
  /**
   * What `aggregator` must be instead, where such predictions cannot be combined by it; null where they can.
   * @param variances whether every member predicts a variance
   */
  misfit(task: Task['kind'], variances: boolean): string | null;
  /** Combines predictions that fit together and are checked. Rows that nobody has a share in become NaN, label −1. */
  combine(
    members: readonly Predictions[],
    shares: Shares,
    task: Task,
    tolerance: number,
  ): CombinedPredictions;
  /** Itself as a mean of terms, by which selection adds members one by one; null where there is no such form. */
  readonly terms: AggregatorTerms | null;
}

export interface AggregatorTerms {
  /** What is averaged of a member, [rows, outputs]. Its array is its own. */
  of(member: Predictions): Float32Array | Float64Array;
  /**
   * Makes predictions of mean terms, f64[rows, outputs], in place; null where they are predictions already. The largest
   * of a row stays the largest.
   */
  readonly toPredictions: ((means: Float64Array, rows: number, outputs: number) => void) | null;
  /** Whether of such predictions only the largest in each row means anything. */
  readonly choiceOnly: boolean;
}
