// What an ensemble says of rows as examples that an ordinary training takes: a label, or numbers, and a weight each. Summed
// over the examples of a row, its usual loss is what the net should be told, exactly:
//
//  - classes: each class k of a row, weighted by the ensemble's probability pₖ. The cross-entropies add up to −Σ pₖ ln qₖ, the
//    divergence KL(p ‖ q) of the net's answer q and a constant;
//  - numbers with a variance: μ − σ and μ + σ, a half each. The Gaussian's loss is quadratic in the target, so that two
//    points of the right mean and variance say as much as all of N(μ, σ²): again the divergence and a constant;
//  - numbers without: μ.
//
// **Source:** Hinton, Vinyals and Dean 2015, Distilling the knowledge in a neural network, section 2, at temperature 1. Fitting
// logarithms of probabilities by squared error (Ba and Caruana 2014) came out worse: it spends the net on what is improbable.

import { outputCount, type Task } from '../data/dataset/dataset.js';
import type { CombinedPredictions } from '../predictions/combined-predictions.js';

/** What is less probable is left out, and its share divided among the others: most classes of most rows. */
const LEAST_PROBABILITY = 1e-3;

/** Examples in the order of the rows they are of. */
export interface SoftTargets {
  /** The row of each, u32[examples], from 0. */
  readonly index: Uint32Array;
  /** Class of each, i32[examples]; empty for numbers. */
  readonly labels: Int32Array;
  /** f64[examples, targets], row-major, in the user's units; empty for classes. */
  readonly targets: Float64Array;
  /** f32[examples]; of the examples of a row they add up to 1. */
  readonly weights: Float32Array;
}

/** @param predictions of the ensemble; a variance counts where its members give one. */
export function softTargets(task: Task, predictions: CombinedPredictions): SoftTargets {
  if (task.kind === 'classification') return softLabels(predictions);
  const { rows, outputs, mean } = predictions;
  const variance = hasOwnVariance(predictions) ? predictions.variance : null;
  if (variance === null) {
    const index = Uint32Array.from({ length: rows }, (_, row) => row);
    const weights = new Float32Array(rows).fill(1);
    return { index, labels: new Int32Array(0), targets: Float64Array.from(mean), weights };
  }
  const targets = new Float64Array(2 * mean.length);
  for (let at = 0; at < mean.length; at++) {
    const below = Math.floor(at / outputs) * 2 * outputs + (at % outputs);
    const deviation = Math.sqrt(variance[at]!);
    targets[below] = mean[at]! - deviation;
    targets[below + outputs] = mean[at]! + deviation;
  }
  return {
    index: Uint32Array.from({ length: 2 * rows }, (_, at) => at >>> 1),
    labels: new Int32Array(0),
    targets,
    weights: new Float32Array(2 * rows).fill(0.5),
  };
}

/** Whether members predict variances themselves, and not their spread alone. */
export function hasOwnVariance({ variance, varianceKind }: CombinedPredictions): boolean {
  return variance !== null && (varianceKind === 'mixture' || varianceKind === 'product');
}

function softLabels({ rows, outputs, mean }: CombinedPredictions): SoftTargets {
  const index: number[] = [];
  const labels: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < rows; row++) {
    const own = Float64Array.from(mean.subarray(row * outputs, (row + 1) * outputs));
    // Of a thousand classes none may be probable.
    const least = Math.min(LEAST_PROBABILITY, Math.max(...own));
    const sum = own.reduce((all, p) => all + (p >= least ? p : 0), 0);
    for (let k = 0; k < outputs; k++) {
      if (own[k]! < least) continue;
      index.push(row);
      labels.push(k);
      weights.push(own[k]! / sum);
    }
  }
  return {
    index: Uint32Array.from(index),
    labels: Int32Array.from(labels),
    targets: new Float64Array(0),
    weights: Float32Array.from(weights),
  };
}

/** Several passes over the same number of rows, one after the other. */
export function joinTargets(task: Task, passes: readonly SoftTargets[], rowsEach: number): SoftTargets {
  const columns = task.kind === 'classification' ? 0 : outputCount(task);
  const examples = passes.reduce((sum, { index }) => sum + index.length, 0);
  const index = new Uint32Array(examples);
  const labels = new Int32Array(task.kind === 'classification' ? examples : 0);
  const targets = new Float64Array(examples * columns);
  const weights = new Float32Array(examples);
  let next = 0;
  for (const [pass, own] of passes.entries()) {
    for (let at = 0; at < own.index.length; at++) index[next + at] = own.index[at]! + pass * rowsEach;
    if (labels.length > 0) labels.set(own.labels, next);
    targets.set(own.targets, next * columns);
    weights.set(own.weights, next);
    next += own.index.length;
  }
  return { index, labels, targets, weights };
}
