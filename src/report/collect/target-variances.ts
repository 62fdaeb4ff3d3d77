// How far targets vary, beside which squared errors of several targets can be added.

import type { KnownRows } from '../../predictions/known-rows.js';

/** Variance of each target over the rows, each by its weight. */
export function targetVariances({ rows, outputs, truth, weights }: KnownRows): Float64Array {
  const variances = new Float64Array(outputs);
  for (let target = 0; target < outputs; target++) {
    let [weight, mean, squares] = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      const own = weights?.[row] ?? 1;
      if (own === 0) continue;
      weight += own;
      const value = truth.targets[row * outputs + target]!;
      const from = value - mean;
      mean += (own / weight) * from;
      squares += own * from * (value - mean);
    }
    variances[target] = weight === 0 ? 0 : squares / weight;
  }
  return variances;
}
