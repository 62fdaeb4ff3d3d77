// Losses of one number beside the truth, summed for each target.

import type { ScoredRows, TargetMetric } from './metric.js';

/** @param deviation √ of the predicted variance; NaN where there is none. */
export type TargetLoss = (error: number, deviation: number) => number;

/** Adds to `sums`, f64[outputs], the loss of each row's error: prediction − truth. */
export function addTargetLosses(sums: Float64Array, scored: ScoredRows, loss: TargetLoss): void {
  const { rows, outputs, mean, variance, truth, weights } = scored;
  for (let row = 0; row < rows; row++) {
    const weight = weights === null ? 1 : weights[row]!;
    if (weight === 0) continue;
    for (let target = 0; target < outputs; target++) {
      const at = row * outputs + target;
      const deviation = variance === null ? Number.NaN : Math.sqrt(variance[at]!);
      sums[target]! += weight * loss(mean[at]! - truth.targets[at]!, deviation);
    }
  }
}

export function meanLosses(sums: Float64Array, weight: number): readonly number[] {
  return Array.from(sums, (own) => own / weight);
}

/** What differs between the metrics of predicted variances. */
type VarianceMetric = Pick<TargetMetric, 'name' | 'title' | 'says' | 'better' | 'written'>;

/** A metric of Gaussian heads: the mean of a loss for each target. */
export function varianceMetric<const Own extends VarianceMetric>(own: Own, loss: TargetLoss) {
  return {
    ...own,
    ...{ from: 'sums', of: 'ensemble', values: 'perTarget', reads: 'variances' },
    ...{ tasks: ['regression'], listed: ['regression'], columns: { scores: [], curves: [] } },
    sums: (outputs) => outputs,
    addRows: (sums, rows) => addTargetLosses(sums, rows, loss),
    value: meanLosses,
  } as const satisfies TargetMetric;
}
