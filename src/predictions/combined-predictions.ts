// What an aggregator makes of its members' predictions: the form in which `src/predictions/aggregate` gives it and
// measurement takes it.

import type { Predictions } from './predictions.js';

/** An ensemble's predictions: what its members' were combined into. */
export interface CombinedPredictions extends Predictions {
  /** Classification: the predicted class index, i32[rows], ties already broken; regression: null. */
  readonly labels: Int32Array | null;
  /** Probabilities that were raised to the tolerance before their logarithm was taken. */
  readonly flooredCount: number;
  /** What `variance` is: of a mixture, of a product of Gaussians, the members' spread, or absent. */
  readonly varianceKind: 'mixture' | 'product' | 'spread' | null;
  /** Where a coverage was asked of numbers: bounds of each target in the user's units, f64[rows, targets]. */
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
  /** Where a coverage was asked of classes: 1 for those in a row's set, which may be empty, u8[rows, classes]. */
  readonly sets?: Uint8Array;
}

/**
 * Combines k members' predictions of the same rows.
 * `mask`: u8[k, rows], 1 where a member counts for a row; a row without any is NaN with label −1.
 */
export type Combine = (members: readonly Predictions[], mask?: Uint8Array | null) => CombinedPredictions;
