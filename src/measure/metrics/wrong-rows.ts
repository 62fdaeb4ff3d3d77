// The weight of the rows whose predicted class is wrong.

import type { ScoredRows } from './metric.js';

/** Adds to the first of `sums`. */
export function addWrong(sums: Float64Array, { rows, chosen, truth, weights }: ScoredRows): void {
  let wrong = sums[0]!;
  for (let row = 0; row < rows; row++) {
    if (chosen[row] !== truth.labels[row]) wrong += weights === null ? 1 : weights[row]!;
  }
  sums[0] = wrong;
}
