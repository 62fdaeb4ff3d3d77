// The geometric mean: of probabilities p ∝ exp Σ wᵢ log pᵢ, computed in log space and renormalised; of
// Gaussian heads the normalised product of their densities.

import type { Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { exp, log } from '../../math/functions.js';
import type { CombinedPredictions } from '../combined-predictions.js';
import { labelsOf } from '../labels.js';
import type { Predictions } from '../predictions.js';
import type { AggregatorDefinition } from './definition.js';
import { addShare, maxRunLength, type Run, runsOf, type Shares, shareAt, store } from './shares.js';

/** Where a probability known only after rounding is floored before its logarithm. */
export const DEFAULT_TOLERANCE = 1e-6;

export const geometricMean = {
  name: 'geometricMean',
  title: 'geometric mean',
  says: 'the product of probabilities, or of Gaussian densities, made to sum to one again',
  linear: false,
  probabilities: true,
  curves: ['classification'],
  floors: ['classification'],
  misfit: (task, variances) =>
    task === 'classification' || variances
      ? null
      : 'arithmeticMean for members without a variance head (`loss` gaussianNll)',
  combine: productOf,
  terms: { of: logTerms, toPredictions: softmaxRows, choiceOnly: false },
} as const satisfies AggregatorDefinition;

/** Below this a variance is taken as this, so that a head that underflowed does not divide by zero. */
const LEAST_VARIANCE = 1e-30;

/**
 * Classification: from log-probabilities where a member has them, else from probabilities floored at
 * `tolerance` and counted. (A floored member's own renormalisation is a constant of the row, which the
 * final one cancels.) Regression: 1/σ² = Σ wᵢ/σᵢ², μ = σ² Σ wᵢ μᵢ/σᵢ².
 * @throws ERR_DATA for a row whose probabilities are not numbers.
 *
 * **Source:** Hinton 1999, Products of experts; the weights sum to one, so equal members stay unchanged.
 */
function productOf(
  members: readonly Predictions[],
  shares: Shares,
  task: Task,
  tolerance: number,
): CombinedPredictions {
  return task.kind === 'classification'
    ? ofProbabilities(members, shares, tolerance)
    : ofGaussians(members, shares);
}

function ofProbabilities(
  members: readonly Predictions[],
  shares: Shares,
  tolerance: number,
): CombinedPredictions {
  const { rows, outputs } = members[0]!;
  const mean = new Float32Array(rows * outputs);
  const logProbabilities = new Float32Array(rows * outputs);
  const sum = new Float64Array(maxRunLength(rows, outputs));
  const scratch = new Float64Array(sum.length);
  let flooredCount = 0;
  for (const run of runsOf(rows)) {
    const from = run.start * outputs;
    sum.fill(0, 0, run.rows * outputs);
    for (let member = 0; member < members.length; member++) {
      const logs = members[member]!.logProbabilities;
      if (logs !== null) {
        addShare(sum, logs, from, outputs, shares, member, run);
      } else {
        flooredCount += flooredLogs(members[member]!, shares, member, run, tolerance, scratch);
        addShare(sum, scratch, 0, outputs, shares, member, run);
      }
    }
    renormalise(sum, scratch, run, mean, logProbabilities, shares);
  }
  const labels = labelsOf(mean, rows, outputs);
  return { rows, outputs, mean, logProbabilities, variance: null, labels, flooredCount, varianceKind: null };
}

/** log max(p, tolerance) of a member's run into `logs`; returns how many counted entries were floored. */
function flooredLogs(
  prediction: Predictions,
  shares: Shares,
  member: number,
  run: Run,
  tolerance: number,
  logs: Float64Array,
): number {
  const { outputs, mean } = prediction;
  let floored = 0;
  for (let row = 0; row < run.rows; row++) {
    const share = shareAt(shares, member, run.start + row);
    if (share === 0) continue;
    for (let at = row * outputs; at < (row + 1) * outputs; at++) {
      const probability = mean[run.start * outputs + at]!;
      const low = probability < tolerance;
      if (low && share > 0) floored++;
      logs[at] = log(low ? tolerance : probability);
    }
  }
  return floored;
}

/** Softmax of the summed logarithms, row by row by way of `scratch`; rows without members stay NaN. */
function renormalise(
  sum: Float64Array,
  scratch: Float64Array,
  run: Run,
  mean: Float32Array,
  logProbabilities: Float32Array,
  shares: Shares,
): void {
  const outputs = mean.length / shares.rows;
  for (let row = 0; row < run.rows; row++) {
    const from = row * outputs;
    const end = from + outputs;
    const shift = run.start * outputs;
    let most = sum[from]!;
    for (let at = from + 1; at < end; at++) if (sum[at]! > most) most = sum[at]!;
    let total = 0;
    for (let at = from; at < end; at++) {
      scratch[at] = exp(sum[at]! - most);
      total += scratch[at]!;
    }
    if (Number.isNaN(total)) failUnlessMasked(shares, run.start + row);
    const logTotal = most + log(total);
    for (let at = from; at < end; at++) {
      mean[shift + at] = scratch[at]! / total;
      logProbabilities[shift + at] = sum[at]! - logTotal;
    }
  }
}

function failUnlessMasked(shares: Shares, row: number): void {
  if (Number.isNaN(shareAt(shares, 0, row))) return;
  throw new TuttiError('ERR_DATA', `Row ${row} has probabilities that are not numbers`, { row });
}

function ofGaussians(members: readonly Predictions[], shares: Shares): CombinedPredictions {
  const { rows, outputs } = members[0]!;
  const mean = new Float64Array(rows * outputs);
  const variance = new Float64Array(rows * outputs);
  const longest = maxRunLength(rows, outputs);
  const precision = new Float64Array(longest);
  const weighted = new Float64Array(longest);
  const scratch = new Float64Array(longest);
  for (const run of runsOf(rows)) {
    const length = run.rows * outputs;
    const from = run.start * outputs;
    precision.fill(0, 0, length);
    weighted.fill(0, 0, length);
    members.forEach((member, index) => {
      const variances = member.variance!;
      for (let at = 0; at < length; at++) scratch[at] = 1 / Math.max(variances[from + at]!, LEAST_VARIANCE);
      addShare(precision, scratch, 0, outputs, shares, index, run);
      for (let at = 0; at < length; at++) scratch[at]! *= member.mean[from + at]!;
      addShare(weighted, scratch, 0, outputs, shares, index, run);
    });
    for (let at = 0; at < length; at++) {
      precision[at] = 1 / precision[at]!;
      weighted[at]! *= precision[at]!;
    }
    store(mean, weighted, run, outputs);
    store(variance, precision, run, outputs);
  }
  return {
    ...{ rows, outputs, mean, variance, logProbabilities: null },
    ...{ labels: null, flooredCount: 0, varianceKind: 'product' },
  };
}

/** Log-probabilities of a member. */
function logTerms({ mean, logProbabilities }: Predictions): Float32Array | Float64Array {
  if (logProbabilities !== null) return logProbabilities.slice();
  return mean.map((value) => log(Math.max(value, DEFAULT_TOLERANCE)));
}

/** Mean logarithms → probabilities, row by row and in place. */
function softmaxRows(logs: Float64Array, rows: number, outputs: number): void {
  for (let from = 0; from < rows * outputs; from += outputs) {
    const end = from + outputs;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = from; at < end; at++) most = Math.max(most, logs[at]!);
    let sum = 0;
    for (let at = from; at < end; at++) {
      logs[at] = exp(logs[at]! - most);
      sum += logs[at]!;
    }
    for (let at = from; at < end; at++) logs[at]! /= sum;
  }
}
