// The losses that are boosted, as functions of a sum F, f64[rows, outputs], in double precision: the cross-entropy of
// softmax(F), and half the squared error. Pseudo-residuals are their negative gradients.

import type { Task } from '../data/dataset/dataset.js';
import { exp, log } from '../math/functions.js';

/** What the sum is held against, row by row. */
export interface BoostedTruth {
  readonly task: Task;
  readonly outputs: number;
  readonly labels: Int32Array;
  /** f32[rows, outputs], standardised; empty for classes. */
  readonly targets: Float32Array;
  readonly weights: Float32Array | null;
}

/** softmax of one row of F, into `into`. */
function softmax(sum: Float64Array, row: number, outputs: number, into: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < outputs; k++) highest = Math.max(highest, sum[row * outputs + k]!);
  let total = 0;
  for (let k = 0; k < outputs; k++) {
    into[k] = exp(sum[row * outputs + k]! - highest);
    total += into[k]!;
  }
  for (let k = 0; k < outputs; k++) into[k]! /= total;
}

/** −∂loss/∂F: label minus probability, or what is left of the target; f64[rows.length, outputs]. */
export function pseudoResiduals(truth: BoostedTruth, sum: Float64Array, rows: Uint32Array): Float64Array {
  const { outputs, labels, targets, task } = truth;
  const residuals = new Float64Array(rows.length * outputs);
  const p = new Float64Array(outputs);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    if (task.kind === 'classification') softmax(sum, row, outputs, p);
    for (let k = 0; k < outputs; k++) {
      residuals[at * outputs + k] =
        task.kind === 'classification'
          ? (labels[row] === k ? 1 : 0) - p[k]!
          : targets[row * outputs + k]! - sum[row * outputs + k]!;
    }
  }
  return residuals;
}

/** Weighted mean loss of rows. */
export function lossOf(truth: BoostedTruth, sum: Float64Array, rows: Uint32Array): number {
  const { outputs, labels, targets, weights, task } = truth;
  const p = new Float64Array(outputs);
  let total = 0;
  let weight = 0;
  for (const row of rows) {
    const own = weights?.[row] ?? 1;
    weight += own;
    if (task.kind === 'classification') {
      softmax(sum, row, outputs, p);
      total -= own * log(Math.max(p[labels[row]!]!, Number.MIN_VALUE));
    } else {
      let square = 0;
      for (let k = 0; k < outputs; k++)
        square += (targets[row * outputs + k]! - sum[row * outputs + k]!) ** 2;
      total += (own * square) / outputs;
    }
  }
  return total / weight;
}

/** Newton steps of a line search: the loss is convex along a line, and nearly quadratic. */
const NEWTON_STEPS = 8;

/**
 * The γ that minimises the loss of F + γ f: exactly for squared error, by Newton's method for cross-entropy.
 * **Source:** Friedman (2001), Greedy function approximation: a gradient boosting machine, algorithm 1, step 5.
 */
export function lineSearch(
  truth: BoostedTruth,
  sum: Float64Array,
  f: Float64Array,
  rows: Uint32Array,
): number {
  const { outputs, labels, targets, weights, task } = truth;
  const p = new Float64Array(outputs);
  const moved = Float64Array.from(sum);
  let gamma = 0;
  for (let step = 0; step < (task.kind === 'classification' ? NEWTON_STEPS : 1); step++) {
    let slope = 0;
    let curvature = 0;
    for (const row of rows) {
      const own = weights?.[row] ?? 1;
      const at = row * outputs;
      if (task.kind === 'regression') {
        for (let k = 0; k < outputs; k++) {
          slope += own * (targets[at + k]! - sum[at + k]!) * f[at + k]!;
          curvature += own * f[at + k]! ** 2;
        }
        continue;
      }
      for (let k = 0; k < outputs; k++) moved[at + k] = sum[at + k]! + gamma * f[at + k]!;
      softmax(moved, row, outputs, p);
      let mean = 0;
      let square = 0;
      for (let k = 0; k < outputs; k++) {
        mean += p[k]! * f[at + k]!;
        square += p[k]! * f[at + k]! ** 2;
      }
      slope += own * (f[at + labels[row]!]! - mean);
      curvature += own * (square - mean * mean);
    }
    if (curvature <= 1e-12) break;
    gamma += slope / curvature;
  }
  return Number.isFinite(gamma) ? gamma : 0;
}
