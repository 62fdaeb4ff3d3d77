// Squared errors summed for each output: of probabilities against 1 for the true class and 0 elsewhere, or of values.

import type { ScoredRows } from './metric.js';

/** Adds to `sums`, f64[outputs]. */
export function addSquares(sums: Float64Array, scored: ScoredRows): void {
  const { rows, outputs, mean, truth, weights } = scored;
  const { labels, targets } = truth;
  const classes = labels.length > 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights === null ? 1 : weights[row]!;
    if (weight === 0) continue;
    const from = row * outputs;
    const label = classes ? labels[row]! : -1;
    for (let column = 0; column < outputs; column++) {
      const expected = classes ? (column === label ? 1 : 0) : targets[from + column]!;
      const error = mean[from + column]! - expected;
      sums[column]! += weight * error * error;
    }
  }
}
