// The kernels once more, in plain double precision: the oracle the tests measure the SIMD kernels against,
// itself checked against finite differences. Canonical shapes only: row-major, one row per example, no
// panels, no padding. Clarity before speed; nothing else imports it.

import type { SmoothActivation } from '../../src/kernels/activation-kind.js';
import type { OptimizerSpec } from '../../src/model/spec.js';

type Numbers = ArrayLike<number>;

/** z = x W + b, then max(z, slope·z). x: [batch, inputs], weights: [inputs, units] → [batch, units]. */
export function forward(
  x: Numbers,
  inputs: number,
  weights: Numbers,
  bias: Numbers,
  units: number,
  slope: number,
): Float64Array {
  const batch = rowsOf(x, inputs);
  const h = new Float64Array(batch * units);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < units; o++) {
      let z = bias[o]!;
      for (let i = 0; i < inputs; i++) z += x[b * inputs + i]! * weights[i * units + o]!;
      h[b * units + o] = Math.max(z, slope * z);
    }
  }
  return h;
}

/** dx = dz Wᵀ, times 1 where h > 0 and `slope` elsewhere. dz: [batch, units], h: [batch, inputs]. */
export function inputGradient(
  dz: Numbers,
  units: number,
  weights: Numbers,
  inputs: number,
  h: Numbers,
  slope: number,
): Float64Array {
  const batch = rowsOf(dz, units);
  const dx = new Float64Array(batch * inputs);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let o = 0; o < units; o++) sum += weights[i * units + o]! * dz[b * units + o]!;
      dx[b * inputs + i] = sum * (slope === 1 || h[b * inputs + i]! > 0 ? 1 : slope);
    }
  }
  return dx;
}

/** dW = xᵀ dz: [inputs, units], db = column sums of dz: [units]. */
export function weightGradient(
  x: Numbers,
  inputs: number,
  dz: Numbers,
  units: number,
): { weights: Float64Array; bias: Float64Array } {
  const weights = new Float64Array(inputs * units);
  const bias = new Float64Array(units);
  for (let b = 0; b < rowsOf(dz, units); b++) {
    for (let o = 0; o < units; o++) {
      const d = dz[b * units + o]!;
      bias[o]! += d;
      for (let i = 0; i < inputs; i++) weights[i * units + o]! += x[b * inputs + i]! * d;
    }
  }
  return { weights, bias };
}

/** The activation and its derivative at z. */
export function activation(kind: SmoothActivation, z: number): { value: number; derivative: number } {
  switch (kind) {
    case 'tanh': {
      const value = Math.tanh(z);
      return { value, derivative: 1 / Math.cosh(z) ** 2 };
    }
    case 'sigmoid':
      return { value: sigmoid(z), derivative: sigmoid(z) * sigmoid(-z) };
    case 'softplus':
      return { value: softplus(z), derivative: sigmoid(z) };
    case 'gelu': {
      const cumulative = 0.5 * (1 + erf(z * Math.SQRT1_2));
      const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
      return { value: z * cumulative, derivative: cumulative + z * density };
    }
    case 'selu': {
      const [scale, depth] = [1.0507009873554805, 1.0507009873554805 * 1.6732632423543772];
      return z > 0
        ? { value: scale * z, derivative: scale }
        : { value: depth * Math.expm1(z), derivative: depth * Math.exp(z) };
    }
    case 'silu':
      return { value: z * sigmoid(z), derivative: sigmoid(z) * (1 + z * sigmoid(-z)) };
    case 'mish': {
      const t = Math.tanh(softplus(z));
      return { value: z * t, derivative: t + z * (1 - t * t) * sigmoid(z) };
    }
    default:
      return kind satisfies never;
  }
}

/** A loss summed over the batch with row weights, and its gradient with respect to z. */
export interface LossResult {
  readonly loss: number;
  readonly dz: Float64Array;
}

/** z: [batch, classes]. */
export function softmaxCrossEntropy(
  z: Numbers,
  classes: number,
  labels: Numbers,
  rowWeights: Numbers,
): LossResult {
  const logs = logSoftmax(z, classes);
  const dz = logs.map((value, at) => {
    const b = Math.floor(at / classes);
    return rowWeights[b]! * (Math.exp(value) - (labels[b] === at % classes ? 1 : 0));
  });
  let loss = 0;
  for (let b = 0; b < rowsOf(z, classes); b++) loss -= rowWeights[b]! * logs[b * classes + labels[b]!]!;
  return { loss, dz };
}

/** z: [batch], labels 0 or 1. */
export function binaryCrossEntropy(z: Numbers, labels: Numbers, rowWeights: Numbers): LossResult {
  let loss = 0;
  const dz = Float64Array.from(z, (value, b) => {
    const isOne = labels[b] === 1;
    loss += rowWeights[b]! * softplus(isOne ? -value : value);
    return rowWeights[b]! * (isOne ? -sigmoid(-value) : sigmoid(value));
  });
  return { loss, dz };
}

/** z, targets: [batch, outputs]; the mean over outputs of the squared residual. */
export function squaredError(z: Numbers, outputs: number, targets: Numbers, rowWeights: Numbers): LossResult {
  let loss = 0;
  const dz = Float64Array.from(z, (value, at) => {
    const weight = rowWeights[Math.floor(at / outputs)]! / outputs;
    const residual = value - targets[at]!;
    loss += weight * residual ** 2;
    return 2 * weight * residual;
  });
  return { loss, dz };
}

/** z: [batch, 2 × outputs], means then raw variances; targets: [batch, outputs]. */
export function gaussianNll(z: Numbers, outputs: number, targets: Numbers, rowWeights: Numbers): LossResult {
  const batch = rowsOf(targets, outputs);
  const dz = new Float64Array(batch * 2 * outputs);
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    for (let r = 0; r < outputs; r++) {
      const at = b * 2 * outputs + r;
      const weight = rowWeights[b]! / outputs;
      const raw = z[at + outputs]!;
      const variance = varianceOf(raw);
      const residual = z[at]! - targets[b * outputs + r]!;
      loss += weight * 0.5 * (Math.log(variance) + residual ** 2 / variance);
      dz[at] = (weight * residual) / variance;
      dz[at + outputs] = ((weight * 0.5 * (1 - residual ** 2 / variance)) / variance) * sigmoid(raw);
    }
  }
  return { loss, dz };
}

/** Huber's loss, the mean over outputs. z, targets: [batch, outputs]. */
export function huber(
  z: Numbers,
  outputs: number,
  targets: Numbers,
  rowWeights: Numbers,
  delta: number,
): LossResult {
  return overOutputs(z, outputs, targets, rowWeights, (value, target) => {
    const residual = value - target;
    return Math.abs(residual) <= delta
      ? { loss: residual ** 2 / 2, slope: residual }
      : { loss: delta * (Math.abs(residual) - delta / 2), slope: delta * Math.sign(residual) };
  });
}

/** Poisson's, without its constant; factors: what makes counts of targets, slopes before offsets. */
export function poissonNll(
  z: Numbers,
  outputs: number,
  targets: Numbers,
  rowWeights: Numbers,
  factors: Numbers,
): LossResult {
  return overOutputs(z, outputs, targets, rowWeights, (value, target, r) => {
    const count = factors[r]! * target + factors[outputs + r]!;
    return { loss: Math.exp(value) - count * value, slope: Math.exp(value) - count };
  });
}

export function binaryCrossEntropies(
  z: Numbers,
  outputs: number,
  targets: Numbers,
  rowWeights: Numbers,
): LossResult {
  return overOutputs(z, outputs, targets, rowWeights, (value, target) => ({
    loss: -target * Math.log(sigmoid(value)) - (1 - target) * Math.log(sigmoid(-value)),
    slope: sigmoid(value) - target,
  }));
}

/** The mean over outputs of what each adds. */
function overOutputs(
  z: Numbers,
  outputs: number,
  targets: Numbers,
  rowWeights: Numbers,
  one: (value: number, target: number, output: number) => { readonly loss: number; readonly slope: number },
): LossResult {
  const dz = new Float64Array(z.length);
  let loss = 0;
  for (let at = 0; at < z.length; at++) {
    const weight = rowWeights[Math.floor(at / outputs)]! / outputs;
    const own = one(z[at]!, targets[at]!, at % outputs);
    loss += weight * own.loss;
    dz[at] = weight * own.slope;
  }
  return { loss, dz };
}

/** z: [batch, classes], labels: class of each example. */
export function focalCrossEntropy(
  z: Numbers,
  classes: number,
  labels: Numbers,
  rowWeights: Numbers,
  focus: number,
): LossResult {
  const dz = new Float64Array(z.length);
  let loss = 0;
  for (let b = 0; b < rowsOf(z, classes); b++) {
    const row = Float64Array.from({ length: classes }, (_, k) => z[b * classes + k]!);
    const highest = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - highest));
    const sum = powers.reduce((total, e) => total + e, 0);
    const label = labels[b]!;
    const p = powers[label]! / sum;
    const rest = powers.reduce((total, e, k) => total + (k === label ? 0 : e), 0) / sum;
    const entropy = Math.log(sum) + highest - row[label]!;
    loss += rowWeights[b]! * rest ** focus * entropy;
    // d/dp of −(1 − p)^γ ln p, times dp/dz = p (onehot − softmax).
    const slope = focus === 0 || rest === 0 ? 0 : focus * rest ** (focus - 1) * -entropy * p;
    for (let k = 0; k < classes; k++) {
      dz[b * classes + k] =
        rowWeights[b]! * (slope - rest ** focus) * ((k === label ? 1 : 0) - powers[k]! / sum);
    }
  }
  return { loss, dz };
}

/** z: [batch, levels × outputs], level after level; targets: [batch, outputs]. */
export function pinball(
  z: Numbers,
  outputs: number,
  targets: Numbers,
  rowWeights: Numbers,
  levels: readonly number[],
): LossResult {
  const width = outputs * levels.length;
  const dz = new Float64Array(z.length);
  let loss = 0;
  for (let b = 0; b < rowsOf(z, width); b++) {
    for (let r = 0; r < outputs; r++) {
      const at = (l: number) => b * width + l * outputs + r;
      let quantile = 0;
      for (const [l, level] of levels.entries()) {
        quantile += l === 0 ? z[at(0)]! : Math.log1p(Math.exp(z[at(l)]!));
        const residual = targets[b * outputs + r]! - quantile;
        const weight = rowWeights[b]! / width;
        loss += weight * (residual > 0 ? level : level - 1) * residual;
        const slope = weight * (residual > 0 ? -level : 1 - level);
        for (let below = 0; below <= l; below++)
          dz[at(below)]! += below === 0 ? slope : slope * sigmoid(z[at(below)]!);
      }
    }
  }
  return { loss, dz };
}

/** z: [batch, classes] → log softmax of every row. */
export function logSoftmax(z: Numbers, classes: number): Float64Array {
  const logs = new Float64Array(z.length);
  for (let b = 0; b < rowsOf(z, classes); b++) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let r = 0; r < classes; r++) highest = Math.max(highest, z[b * classes + r]!);
    let sum = 0;
    for (let r = 0; r < classes; r++) sum += Math.exp(z[b * classes + r]! - highest);
    for (let r = 0; r < classes; r++) logs[b * classes + r] = z[b * classes + r]! - highest - Math.log(sum);
  }
  return logs;
}

/** Raw output of a Gaussian head → σ². */
export function varianceOf(raw: number): number {
  return softplus(raw) + 1e-6;
}

/** One parameter's optimizer state: sgd uses `first` as its buffer, adam both moments. */
export interface ParameterState {
  w: number;
  first: number;
  second: number;
}

/**
 * One step on one parameter, in the form the papers and PyTorch print it. `isWeight`: penalties and decay
 * spare the biases. `step` counts from 1.
 */
export function optimize(
  state: ParameterState,
  gradient: number,
  optimizer: OptimizerSpec,
  normPenalty: { readonly l1: number; readonly l2: number },
  isWeight: boolean,
  step: number,
): void {
  let g = gradient;
  if (isWeight) g += normPenalty.l2 * state.w + normPenalty.l1 * Math.sign(state.w);
  if (optimizer.kind === 'sgd') {
    const { learningRate, momentum, nesterov } = optimizer;
    state.first = momentum * state.first + g;
    state.w -= learningRate * (nesterov ? g + momentum * state.first : state.first);
    return;
  }
  const { learningRate, beta1, beta2, tolerance, weightDecay } = optimizer;
  if (isWeight) state.w *= 1 - learningRate * weightDecay;
  state.first = beta1 * state.first + (1 - beta1) * g;
  state.second = beta2 * state.second + (1 - beta2) * g * g;
  const denominator = Math.sqrt(state.second) / Math.sqrt(1 - beta2 ** step) + tolerance;
  state.w -= ((learningRate / (1 - beta1 ** step)) * state.first) / denominator;
}

/** 1 / (1 + e⁻ᶻ), without overflow. */
export function sigmoid(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}

/** ln(1 + eᶻ), without overflow. */
export function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/** The error function to about 1e-15: its series below 3, the continued fraction of erfc above. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = a;
  for (let n = 60; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)));
}

function rowsOf(values: Numbers, width: number): number {
  return width === 0 ? 0 : values.length / width;
}
