// The shapes in which predictions travel between prediction, aggregation and measurement.

/**
 * What one member, or the ensemble, says of n rows.
 * Classification: `mean` holds probabilities, f32[n, classes]; `logProbabilities` their logarithms where
 * known from logits (so the geometric mean never takes the log of a rounded zero).
 * Regression: `mean` in the user's units, f32[n, targets]; `variance` of a Gaussian head, else null.
 */
export interface Predictions {
  readonly rows: number;
  readonly outputs: number;
  readonly mean: Float32Array;
  readonly logProbabilities: Float32Array | null;
  readonly variance: Float32Array | null;
}
