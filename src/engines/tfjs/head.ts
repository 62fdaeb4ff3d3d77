// What happens to a model's raw outputs: losses with their gradients while training, predictions afterwards. In
// double precision and plain numbers, because batches of outputs are small and every operation of TensorFlow.js
// costs a call; the definitions are those of the wasm engine's kernels (src/kernels/assembly/losses.ts).

import { decodeTarget, type TargetScale } from '../../data/dataset/encoding.js';
import { failOption } from '../../errors.js';
import { exp, log } from '../../math/functions.js';
import type { Loss, LossSpec } from '../../model/losses.js';
import { VARIANCE_FLOOR } from '../../model/portable-network.js';
import type { Predictions } from '../../predictions/predictions.js';

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
export function batchLoss(spec: LossSpec, z: Float32Array, truth: Truth, dz: Float32Array | null): number {
  const examples = truth.weights.length;
  const units = z.length / examples;
  const { row } = HEADS[requireSupported(spec.loss)];
  const smoothing = dz === null ? 0 : truth.labelSmoothing;
  let sum = 0;
  for (let example = 0; example < examples; example++) {
    const at = example * units;
    const share = truth.weights[example]! / examples;
    sum += share * row({ spec, z, at, units, row: example, truth, share, smoothing, dz });
  }
  return sum;
}

/** One row of a batch. */
interface LossRow {
  readonly spec: LossSpec;
  /** f32[examples, units], row-major, and where the row begins in it. */
  readonly z: Float32Array;
  readonly at: number;
  readonly units: number;
  readonly row: number;
  readonly truth: Truth;
  /** The row's weight in the mean. */
  readonly share: number;
  readonly smoothing: number;
  readonly dz: Float32Array | null;
}

/** Keeps ln(1 − p) finite. */
const LEAST_MISSING = 1e-30;

interface LossHead {
  /** The loss of a row, and its gradient times the row's share. */
  row(row: LossRow): number;
  /** Log-probabilities, or means and variances in the user's units, of all rows. */
  predict(z: Float32Array, rows: number, outputs: number, scale: TargetScale): Predictions;
}

/** Losses that models of TensorFlow.js are not trained by: of the others the truth as it is encoded is enough, and no levels. */
const WITHOUT = ['poisson', 'quantile', 'multilabel'] as const satisfies readonly Loss[];

type Supported = Exclude<Loss, (typeof WITHOUT)[number]>;

function isSupported(loss: Loss): loss is Supported {
  return WITHOUT.every((other) => other !== loss);
}

/** @throws ERR_OPTION */
export function requireSupported(loss: Loss): Supported {
  if (isSupported(loss)) return loss;
  return failOption('loss', `none of ${WITHOUT.join(', ')} for a model of TensorFlow.js`, loss);
}

const HEADS: Readonly<Record<Supported, LossHead>> = {
  softmaxCrossEntropy: { row: softmaxRow, predict: classPredictions(logSoftmax) },
  binaryCrossEntropy: { row: binaryRow, predict: classPredictions(logBinary) },
  squaredError: { row: squaredRow, predict: valuePredictions },
  gaussianNll: { row: gaussianRow, predict: gaussianPredictions },
  huber: { row: huberRow, predict: valuePredictions },
  focal: { row: focalRow, predict: classPredictions(logSoftmax) },
};

/** −Σ qₖ ln pₖ with q = (1 − s)·onehot + s/K. */
function softmaxRow({ z, at, units: classes, row, truth, share, smoothing, dz }: LossRow): number {
  const label = truth.labels[row]!;
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
function binaryRow({ z: logits, at, row, truth, share, smoothing, dz }: LossRow): number {
  const z = logits[at]!;
  const label = truth.labels[row]!;
  const wanted = (1 - smoothing) * label + smoothing / 2;
  if (dz !== null) {
    // Through the smaller probability, so that nothing cancels at either end.
    const gradient = label === 1 ? 1 - wanted - sigmoid(-z) : sigmoid(z) - wanted;
    dz[at] = share * gradient;
  }
  return wanted * softplus(-z) + (1 - wanted) * softplus(z);
}

/** The mean over targets of (z − y)². */
function squaredRow({ z, at, units: targets, truth: { targets: y }, share, dz }: LossRow): number {
  let sum = 0;
  for (let k = 0; k < targets; k++) {
    const residual = z[at + k]! - y[at + k]!;
    sum += residual * residual;
    if (dz !== null) dz[at + k] = (2 * share * residual) / targets;
  }
  return sum / targets;
}

/** The mean over targets of ½ d² within ±δ, and of δ (|d| − ½ δ) beyond. */
function huberRow({ spec, z, at, units: targets, truth: { targets: y }, share, dz }: LossRow): number {
  const delta = spec.huberDelta!;
  let sum = 0;
  for (let k = 0; k < targets; k++) {
    const residual = z[at + k]! - y[at + k]!;
    const held = Math.min(Math.max(residual, -delta), delta);
    sum += held * (residual - 0.5 * held);
    if (dz !== null) dz[at + k] = (share * held) / targets;
  }
  return sum / targets;
}

/** −(1 − p)^γ ln p, with 1 − p from the other classes, which does not cancel. */
function focalRow({ spec, z, at, units: classes, row, truth, share, dz }: LossRow): number {
  const gamma = spec.focalGamma!;
  const label = truth.labels[row]!;
  const normaliser = logSumExp(z, at, classes);
  let missing = LEAST_MISSING;
  for (let k = 0; k < classes; k++) if (k !== label) missing += exp(z[at + k]! - normaliser);
  const entropy = normaliser - z[at + label]!;
  const power = exp(gamma * log(missing));
  if (dz !== null) {
    const factor = share * power * (1 + gamma * exp(-entropy) * (entropy / missing));
    for (let k = 0; k < classes; k++) {
      dz[at + k] = factor * (exp(z[at + k]! - normaliser) - (k === label ? 1 : 0));
    }
  }
  return power * entropy;
}

/** The mean over targets of ½ (ln σ² + (y − μ)²/σ²); z holds the means, then what softplus makes variances. */
function gaussianRow({ z, at, units, row, truth: { targets: y }, share, dz }: LossRow): number {
  const targets = units / 2;
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
  scale: TargetScale,
): Predictions {
  return HEADS[requireSupported(loss)].predict(z, rows, outputs, scale);
}

/** @param logs writes the log-probabilities of a row. */
function classPredictions(
  logs: (z: Float32Array, row: number, classes: number, into: Float32Array) => void,
): LossHead['predict'] {
  return (z, rows, outputs) => {
    const logProbabilities = new Float32Array(rows * outputs);
    for (let row = 0; row < rows; row++) logs(z, row, outputs, logProbabilities);
    return { rows, outputs, mean: logProbabilities.map(exp), logProbabilities, variance: null };
  };
}

function valuePredictions(z: Float32Array, rows: number, outputs: number, scale: TargetScale): Predictions {
  const mean = new Float64Array(rows * outputs);
  for (const [at, value] of z.entries()) mean[at] = decodeTarget(scale, at % outputs, value);
  return { rows, outputs, mean, logProbabilities: null, variance: null };
}

function gaussianPredictions(
  z: Float32Array,
  rows: number,
  outputs: number,
  scale: TargetScale,
): Predictions {
  const mean = new Float64Array(rows * outputs);
  const variance = new Float64Array(rows * outputs);
  for (let at = 0; at < mean.length; at++) {
    const target = at % outputs;
    const from = 2 * (at - target) + target;
    const std = scale.std[target]!;
    mean[at] = z[from]! * std + scale.mean[target]!;
    variance[at] = varianceOf(z[from + outputs]!) * std * std;
  }
  return { rows, outputs, mean, logProbabilities: null, variance };
}

function logSoftmax(z: Float32Array, row: number, classes: number, into: Float32Array): void {
  const at = row * classes;
  const normaliser = logSumExp(z, at, classes);
  for (let k = 0; k < classes; k++) into[at + k] = z[at + k]! - normaliser;
}

function logBinary(z: Float32Array, row: number, classes: number, into: Float32Array): void {
  into[row * classes] = -softplus(z[row]!);
  into[row * classes + 1] = -softplus(-z[row]!);
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
