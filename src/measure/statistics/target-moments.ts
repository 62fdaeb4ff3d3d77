// Squared errors of numbers beside how much the numbers themselves vary.

import type { Statistic } from './statistic.js';

/** f64[targets] each, weighted means over rows. */
export interface TargetMoments {
  readonly squaredError: Float64Array;
  /** Of the targets about their own weighted mean. */
  readonly variance: Float64Array;
}

export const targetMoments: Statistic<TargetMoments> = {
  prepare({ rows, outputs, mean, truth: { targets } }) {
    // About a value among them, so that squares of what is far from 0 do not cancel.
    const centre = new Float64Array(outputs);
    for (let at = 0; at < rows * outputs; at++) centre[at % outputs]! += targets[at]! / rows;
    return (weights) => {
      const sums = new Float64Array(3 * outputs);
      let weight = 0;
      for (let row = 0; row < rows; row++) {
        const share = weights[row]!;
        weight += share;
        for (let target = 0; target < outputs; target++) {
          const value = targets[row * outputs + target]! - centre[target]!;
          const error = mean[row * outputs + target]! - targets[row * outputs + target]!;
          sums[3 * target]! += share * error * error;
          sums[3 * target + 1]! += share * value;
          sums[3 * target + 2]! += share * value * value;
        }
      }
      const squaredError = new Float64Array(outputs);
      const variance = new Float64Array(outputs);
      for (let target = 0; target < outputs; target++) {
        squaredError[target] = sums[3 * target]! / weight;
        const second = sums[3 * target + 2]! / weight;
        const own = second - (sums[3 * target + 1]! / weight) ** 2;
        // What rounding leaves of values that are all alike.
        variance[target] = own > 1e-12 * second ? own : 0;
      }
      return { squaredError, variance };
    };
  },
};
