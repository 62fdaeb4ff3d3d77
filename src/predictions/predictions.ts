// The shapes in which predictions travel between prediction, aggregation and measurement.

import type { Values } from '../data/dataset/encoding.js';
import type { Quantiles } from './quantiles.js';

/**
 * What one member, or the ensemble, says of n rows.
 * Classification: `mean` holds probabilities, f32[n, classes]; `logProbabilities` their logarithms where
 * known from logits (so the geometric mean never takes the log of a rounded zero).
 * Regression: `mean` in the user's units, f64[n, targets], because a target may be far from zero; `variance` of a
 * Gaussian head, f64[n, targets], else null.
 */
export interface Predictions {
  readonly rows: number;
  readonly outputs: number;
  readonly mean: Values;
  readonly logProbabilities: Float32Array | null;
  readonly variance: Values | null;
  /** Regression: of a head that predicts them; absent else. `mean` is then what stands for the median. */
  readonly quantiles?: Quantiles | undefined;
}
