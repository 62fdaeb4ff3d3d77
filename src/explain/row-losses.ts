// What each known row costs: the loss that rows and slices are ranked by.

import { log } from '../math/functions.js';
import { LOG_LOSS_FLOOR } from '../measure/metrics/log-loss.js';
import type { KnownRows } from '../predictions/known-rows.js';

/** What of known rows has a loss. */
export type LossRows = Pick<KnownRows, 'task' | 'rows' | 'outputs' | 'truth' | 'weights' | 'combined'>;

/**
 * Of classes −ln of the probability of the true one (at most 34.5), of numbers the squared error in the square of the
 * user's units; of several targets the sum over them, each in units of its standard deviation over these rows. f64[rows].
 */
export function rowLosses(known: LossRows): Float64Array {
  const { task, rows, outputs, truth, combined } = known;
  const losses = new Float64Array(rows);
  if (task.kind === 'classification') {
    for (let row = 0; row < rows; row++) {
      const probability = combined.mean[row * outputs + truth.labels[row]!]!;
      losses[row] = -log(Math.max(probability, LOG_LOSS_FLOOR));
    }
    return losses;
  }
  const scales = outputs === 1 ? [1] : targetDeviations(known);
  for (let row = 0; row < rows; row++) {
    for (let target = 0; target < outputs; target++) {
      const at = row * outputs + target;
      const error = (combined.mean[at]! - truth.targets[at]!) / scales[target]!;
      losses[row]! += error * error;
    }
  }
  return losses;
}

/** The standard deviation of each target over the rows, by their weights; 1 where it has one value. */
export function targetDeviations({ rows, outputs, truth, weights }: LossRows): number[] {
  return Array.from({ length: outputs }, (_, target) => {
    let weight = 0;
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const own = weights?.[row] ?? 1;
      weight += own;
      sum += own * truth.targets[row * outputs + target]!;
    }
    const mean = sum / weight;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      squares += (weights?.[row] ?? 1) * (truth.targets[row * outputs + target]! - mean) ** 2;
    }
    return Math.sqrt(squares / weight) || 1;
  });
}
