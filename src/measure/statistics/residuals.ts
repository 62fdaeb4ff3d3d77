// How errors of numbers are distributed beside a normal distribution: the points of a quantile–quantile plot.

import { normalQuantile } from '../../math/normal.js';
import type { WholeRows } from './statistic.js';

/** Points of a quantile–quantile plot, f64[points], ascending. */
export interface ResidualQuantiles {
  /** Standard normal quantiles. */
  readonly normal: Float64Array;
  /** Quantiles of the residuals truth − prediction, in the target's units; by their standard deviations where they are known. */
  readonly residual: Float64Array;
  /** Whether residuals are divided by the predicted standard deviation: then the normal's own line is right. */
  readonly standardised: boolean;
}

/** Points that a plot can show. */
const MOST_POINTS = 200;

/** The quantiles (j − ½)/m, j = 1 … m ≤ 200, of one target's residuals, by the rows' weights. */
export function residualQuantiles(rows: WholeRows, target: number): ResidualQuantiles {
  const { outputs, mean, variance, varianceKind, truth, weights } = rows;
  const standardised = variance !== null && (varianceKind === 'mixture' || varianceKind === 'product');
  const residuals = Float64Array.from({ length: rows.rows }, (_, row) => {
    const at = row * outputs + target;
    const residual = truth.targets[at]! - mean[at]!;
    return standardised ? residual / Math.sqrt(variance[at]!) : residual;
  });
  const order = Uint32Array.from(residuals.keys()).sort((a, b) => residuals[a]! - residuals[b]!);
  const points = Math.min(MOST_POINTS, rows.rows);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const residual = new Float64Array(points);
  let rank = 0;
  let below = 0;
  for (let point = 0; point < points; point++) {
    const share = ((point + 0.5) / points) * whole;
    while (rank < order.length - 1 && below + weights[order[rank]!]! < share)
      below += weights[order[rank++]!]!;
    residual[point] = residuals[order[rank]!]!;
  }
  const normal = Float64Array.from(residual, (_, point) => normalQuantile((point + 0.5) / points));
  return { normal, residual, standardised };
}
