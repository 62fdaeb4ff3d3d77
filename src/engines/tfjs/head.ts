// What happens to a model's raw outputs: losses with their gradients while training, predictions afterwards. In
// double precision and plain numbers, because batches of outputs are small and every operation of TensorFlow.js
// costs a call; the definitions are those of the wasm engine's kernels (src/kernels/assembly/losses.ts).

import type { Scale } from '../../data/dataset/dataset.js';
import { exp, log } from '../../math/functions.js';
import type { Loss } from '../../model/spec.js';
import type { Predictions } from '../../predictions/predictions.js';

/** Smallest variance of a Gaussian head: keeps 1/σ² below 10⁶. */
export const VARIANCE_FLOOR = 1e-6;

/** What the outputs of a batch should have been. */
export interface Truth {
  /** Class of each example; empty for regression. */
  readonly labels: Int32Array;
  /** f32[examples, targets], row-major; empty for classification. */
  readonly targets: Float32Array;
  /** f32[examples]: weights in the loss, before they are divided by the number of examples. */
  readonly weights: Float32Array;
  /** Of labels in training; an evaluation takes them as they are. */
  readonly labelSmoothing: number;
}

/**
 * Mean loss of a batch, Σ wᵢ Lᵢ / examples.
 * @param z raw outputs, f32[examples, units], row-major.
 * @param dz receives the gradient of the mean with respect to z; null when it is not wanted.
 */
export function batchLoss(loss: Loss, z: Float32Array, truth: Truth, dz: Float32Array | null): number {
  const examples = truth.weights.length;
  const units = z.length / examples;
  let sum = 0;
  for (let row = 0; row < examples; row++) {
    const at = row * units;
    const share = truth.weights[row]! / examples;
    sum += share * rowLoss(loss, z, at, units, row, truth, share, dz);
  }
  return sum;
}

function rowLoss(
  loss: Loss,
  z: Float32Array,
  at: number,
  units: number,
  row: number,
  truth: Truth,
  share: number,
  dz: Float32Array | null,
): number {
  const smoothing = dz === null ? 0 : truth.labelSmoothing;
  switch (loss) {
    case 'softmaxCrossEntropy':
      return softmaxRow(z, at, units, truth.labels[row]!, smoothing, share, dz);
    case 'binaryCrossEntropy':
      return binaryRow(z[at]!, at, truth.labels[row]!, smoothing, share, dz);
    case 'squaredError':
      return squaredRow(z, at, units, truth.targets, share, dz);
    case 'gaussianNll':
      return gaussianRow(z, at, units / 2, row, truth.targets, share, dz);
    default:
      return loss satisfies never;
  }
}

/** −Σ qₖ ln pₖ with q = (1 − s)·onehot + s/K. */
function softmaxRow(
  z: Float32Array,
  at: number,
  classes: number,
  label: number,
  smoothing: number,
  share: number,
  dz: Float32Array | null,
): number {
  const normaliser = logSumExp(z, at, classes);
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += z[at + k]!;
  if (dz !== null) {
    for (let k = 0; k < classes; k++) {
      const wanted = (k === label ? 1 - smoothing : 0) + smoothing / classes;
      dz[at + k] = share * (exp(z[at + k]! - normaliser) - wanted);
    }
  }
  return normaliser - (1 - smoothing) * z[at + label]! - (smoothing / classes) * sum;
}

/** One logit is the difference of two: softplus(z) − q z with q = (1 − s) y + s/2. */
function binaryRow(
  z: number,
  at: number,
  label: number,
  smoothing: number,
  share: number,
  dz: Float32Array | null,
): number {
  const wanted = (1 - smoothing) * label + smoothing / 2;
  if (dz !== null) {
    // Through the smaller probability, so that nothing cancels at either end.
    const gradient = label === 1 ? 1 - wanted - sigmoid(-z) : sigmoid(z) - wanted;
    dz[at] = share * gradient;
  }
  return wanted * softplus(-z) + (1 - wanted) * softplus(z);
}

/** The mean over targets of (z − y)². */
function squaredRow(
  z: Float32Array,
  at: number,
  targets: number,
  y: Float32Array,
  share: number,
  dz: Float32Array | null,
): number {
  let sum = 0;
  for (let k = 0; k < targets; k++) {
    const residual = z[at + k]! - y[at + k]!;
    sum += residual * residual;
    if (dz !== null) dz[at + k] = (2 * share * residual) / targets;
  }
  return sum / targets;
}

/** The mean over targets of ½ (ln σ² + (y − μ)²/σ²); z holds the means, then what softplus makes variances. */
function gaussianRow(
  z: Float32Array,
  at: number,
  targets: number,
  row: number,
  y: Float32Array,
  share: number,
  dz: Float32Array | null,
): number {
  let sum = 0;
  for (let k = 0; k < targets; k++) {
    const raw = z[at + targets + k]!;
    const variance = varianceOf(raw);
    const residual = z[at + k]! - y[row * targets + k]!;
    const fit = (residual * residual) / variance;
    sum += 0.5 * (log(variance) + fit);
    if (dz === null) continue;
    dz[at + k] = (share * residual) / variance / targets;
    dz[at + targets + k] = ((share * 0.5 * (1 - fit)) / variance / targets) * sigmoid(raw);
  }
  return sum / targets;
}

/**
 * Raw outputs as predictions in the user's units.
 * @param z f32[rows, units], row-major.
 * @param outputs classes, or targets.
 */
export function predictionsOf(
  loss: Loss,
  z: Float32Array,
  rows: number,
  outputs: number,
  scale: Scale,
): Predictions {
  const isClassifier = loss === 'softmaxCrossEntropy' || loss === 'binaryCrossEntropy';
  const second = new Float32Array(isClassifier ? rows * outputs : 0);
  const mean = isClassifier ? new Float32Array(rows * outputs) : new Float64Array(rows * outputs);
  const shape = { rows, outputs, mean };
  switch (loss) {
    case 'softmaxCrossEntropy':
    case 'binaryCrossEntropy':
      for (let row = 0; row < rows; row++) {
        if (loss === 'softmaxCrossEntropy') logSoftmax(z, row * outputs, outputs, second);
        else logBinary(z[row]!, row * 2, second);
      }
      for (const [at, value] of second.entries()) mean[at] = exp(value);
      return { ...shape, logProbabilities: second, variance: null };
    case 'squaredError':
      for (const [at, value] of z.entries())
        mean[at] = value * scale.std[at % outputs]! + scale.mean[at % outputs]!;
      return { ...shape, logProbabilities: null, variance: null };
    case 'gaussianNll': {
      const variance = new Float64Array(mean.length);
      for (let at = 0; at < mean.length; at++) {
        const target = at % outputs;
        const from = 2 * (at - target) + target;
        const std = scale.std[target]!;
        mean[at] = z[from]! * std + scale.mean[target]!;
        variance[at] = varianceOf(z[from + outputs]!) * std * std;
      }
      return { ...shape, logProbabilities: null, variance };
    }
    default:
      return loss satisfies never;
  }
}

function logSoftmax(z: Float32Array, at: number, classes: number, into: Float32Array): void {
  const normaliser = logSumExp(z, at, classes);
  for (let k = 0; k < classes; k++) into[at + k] = z[at + k]! - normaliser;
}

function logBinary(z: number, at: number, into: Float32Array): void {
  into[at] = -softplus(z);
  into[at + 1] = -softplus(-z);
}

function logSumExp(z: Float32Array, at: number, count: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) highest = Math.max(highest, z[at + k]!);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += exp(z[at + k]! - highest);
  return highest + log(sum);
}

function varianceOf(raw: number): number {
  return softplus(raw) + VARIANCE_FLOOR;
}

/** ln(1 + eᶻ), without overflow; the rounding of 1 + u is put back to first order. */
function softplus(z: number): number {
  const u = exp(-Math.abs(z));
  const sum = 1 + u;
  return Math.max(z, 0) + log(sum) + (u - (sum - 1)) / sum;
}

function sigmoid(z: number): number {
  const e = exp(-Math.abs(z));
  return (z < 0 ? e : 1) / (1 + e);
}
