// An independent network in double precision: plain loops, one example at a time, no sharing with
// src beyond the spec types. The oracle for whole training runs of the wasm engine.

import type { Scale } from '../../src/data/dataset/dataset.js';
import { type LayerShape, weightShapes } from '../../src/model/layers.js';
import type { Loss, LossSpec } from '../../src/model/losses.js';
import type { Activation, ActivityPenaltySpec, OptimizerSpec } from '../../src/model/spec.js';
import * as twins from '../kernels/reference.js';
import { addWeightGradient, affine, affineTranspose } from './reference-layers.js';

export interface Layer {
  readonly shape: LayerShape;
  readonly w: Float64Array; // of the one matrix it may have: [inputs, units]
  readonly b: Float64Array;
}

/** Canonical flat parameters → layers. */
export function layersOf(shapes: readonly LayerShape[], flat: ArrayLike<number>): Layer[] {
  let next = 0;
  const take = (length: number) => Float64Array.from({ length }, () => flat[next++]!);
  return shapes.map((shape) => {
    const [{ inputs, units } = { inputs: 0, units: 0 }] = weightShapes(shape);
    return { shape, w: take(inputs * units), b: take(units) };
  });
}

export function flatten(layers: readonly Layer[]): Float64Array {
  return Float64Array.from(layers.flatMap(({ w, b }) => [...w, ...b]));
}

/** The series below 2, the continued fraction of erfc above (Abramowitz and Stegun 7.1.5, 7.1.14). */
const erf = (x: number): number => {
  const a = Math.abs(x);
  if (a < 2) {
    let sum = a;
    let term = a;
    for (let n = 1; n < 60; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = a;
  for (let n = 120; n > 0; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * fraction));
};
const phi = (x: number) => 0.5 * (1 + erf(x / Math.SQRT2));

/** h and dh/dz of an activation. */
export function activate(kind: Activation, z: number): [h: number, derivative: number] {
  switch (kind) {
    case 'linear':
      return [z, 1];
    case 'relu':
      return z > 0 ? [z, 1] : [0, 0];
    case 'leakyRelu':
      return z > 0 ? [z, 1] : [0.01 * z, 0.01];
    case 'tanh':
      return [Math.tanh(z), 1 - Math.tanh(z) ** 2];
    case 'sigmoid': {
      const s = 1 / (1 + Math.exp(-z));
      return [s, s * (1 - s)];
    }
    case 'softplus':
      return [Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0), 1 / (1 + Math.exp(-z))];
    case 'gelu':
      return [z * phi(z), phi(z) + (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)];
    case 'selu': {
      const [scale, depth] = [1.0507009873554805, 1.0507009873554805 * 1.6732632423543772];
      return z > 0 ? [scale * z, scale] : [depth * Math.expm1(z), depth * Math.exp(z)];
    }
    case 'silu': {
      const s = 1 / (1 + Math.exp(-z));
      return [z * s, s * (1 + z * (1 - s))];
    }
    case 'mish': {
      const t = Math.tanh(Math.log1p(Math.exp(z)));
      return [z * t, t + (z * (1 - t * t)) / (1 + Math.exp(-z))];
    }
  }
}

/** A loss that reads nothing beside the truth, or one with what it reads. */
export type Judged = Loss | (LossSpec & { readonly rates?: readonly number[]; readonly labels?: Scale });

/** The loss of a spec, with what makes counts of standardised targets, in units of their means. */
export function judgedBy(spec: LossSpec, { mean, std }: Scale): Judged {
  const per = (values: readonly number[]) => values.map((own, at) => own / (mean[at]! > 0 ? mean[at]! : 1));
  return { ...spec, rates: [...per(std), ...per(mean)], labels: { mean, std } };
}

/**
 * Loss of one example and its gradient with respect to the raw outputs z.
 * @param smoothing share of the label's probability spread evenly over all classes.
 */
export function lossOf(
  loss: Judged,
  z: readonly number[],
  label: number,
  y: readonly number[],
  smoothing = 0,
): [number, number[]] {
  const spec: Exclude<Judged, Loss> = typeof loss === 'string' ? { loss } : loss;
  switch (spec.loss) {
    case 'softmaxCrossEntropy': {
      const max = Math.max(...z);
      const total = z.reduce((sum, v) => sum + Math.exp(v - max), 0);
      const p = z.map((v) => Math.exp(v - max) / total);
      const target = z.map((_, c) => smoothing / z.length + (c === label ? 1 - smoothing : 0));
      const value = z.reduce((sum, v, c) => sum + target[c]! * (Math.log(total) + max - v), 0);
      return [value, p.map((v, c) => v - target[c]!)];
    }
    case 'binaryCrossEntropy': {
      const v = z[0]!;
      const p = 1 / (1 + Math.exp(-v));
      const target = smoothing / 2 + (1 - smoothing) * label;
      return [Math.log1p(Math.exp(-Math.abs(v))) + Math.max(v, 0) - target * v, [p - target]];
    }
    case 'squaredError': {
      const t = y.length;
      return [y.reduce((sum, v, i) => sum + (z[i]! - v) ** 2, 0) / t, y.map((v, i) => (2 * (z[i]! - v)) / t)];
    }
    case 'gaussianNll': {
      const t = y.length;
      let total = 0;
      const gradient = new Array<number>(2 * t).fill(0);
      for (let i = 0; i < t; i++) {
        const raw = z[t + i]!;
        const variance = Math.log1p(Math.exp(-Math.abs(raw))) + Math.max(raw, 0) + 1e-6;
        const error = y[i]! - z[i]!;
        total += 0.5 * (Math.log(variance) + error ** 2 / variance);
        gradient[i] = -error / variance / t;
        gradient[t + i] =
          ((0.5 * (1 / variance - error ** 2 / variance ** 2)) / t) * (1 / (1 + Math.exp(-raw)));
      }
      return [total / t, gradient];
    }
    case 'huber':
      return listed(twins.huber(z, y.length, y, [1], spec.huberDelta!));
    case 'poisson':
      return listed(twins.poissonNll(z, y.length, y, [1], spec.rates!));
    case 'multilabel':
      return listed(
        twins.binaryCrossEntropies(
          z,
          y.length,
          y.map((own, at) => own * spec.labels!.std[at]! + spec.labels!.mean[at]!),
          [1],
        ),
      );
    case 'quantile':
      return listed(twins.pinball(z, y.length, y, [1], spec.quantiles!));
    case 'focal':
      return listed(twins.focalCrossEntropy(z, z.length, [label], [1], spec.focalGamma!));
  }
}

function listed({ loss, dz }: twins.LossResult): [number, number[]] {
  return [loss, [...dz]];
}

export interface Example {
  readonly x: readonly number[];
  readonly label: number;
  readonly y: readonly number[];
  readonly weight: number;
  /** What dropout multiplies: the inputs (element 0), then each hidden layer's outputs; null for ones. */
  readonly multipliers?: readonly (ArrayLike<number> | null)[];
}

/** What is added to a plain network's objective. */
export interface Techniques {
  readonly activityPenalty?: ActivityPenaltySpec | null;
  readonly labelSmoothing?: number;
}

/** Mean weighted loss of a batch, its penalties apart, and the gradient of their sum, canonical order. */
export function batchGradient(
  layers: readonly Layer[],
  loss: Judged,
  batch: readonly Example[],
  { activityPenalty = null, labelSmoothing = 0 }: Techniques = {},
) {
  const strength = (layer: number) =>
    activityPenalty?.layers.includes(layer) ? activityPenalty.strength : 0;

  const gradients = layers.map(({ w, b }) => ({
    w: new Float64Array(w.length),
    b: new Float64Array(b.length),
  }));
  let total = 0;
  let penalty = 0;
  for (const { x, label, y, weight, multipliers } of batch) {
    const kept = (values: readonly number[], layer: number) =>
      values.map((v, i) => v * (multipliers?.[layer]?.[i] ?? 1));
    const inputs: (readonly number[])[] = [];
    const derivatives: number[][] = [];
    let h: readonly number[] = kept(x, 0);
    for (const [index, { shape, w, b }] of layers.entries()) {
      inputs.push(h);
      const pairs = affine(shape, w, b, h).map((z) => activate(shape.activation, z));
      derivatives.push(pairs.map(([, d]) => d));
      h = pairs.map(([v]) => v);
      if (index === layers.length - 1) break;
      h = kept(h, index + 1);
      penalty += (weight * strength(index + 1) * h.reduce((sum, v) => sum + Math.abs(v), 0)) / batch.length;
    }
    const [value, dz] = lossOf(loss, h, label, y, labelSmoothing);
    total += (weight * value) / batch.length;
    let delta = dz.map((v) => (weight * v) / batch.length);
    for (let l = layers.length - 1; l >= 0; l--) {
      const { shape, w } = layers[l]!;
      delta = delta.map((v, o) => v * derivatives[l]![o]!);
      addWeightGradient(shape, inputs[l]!, delta, gradients[l]!);
      delta = affineTranspose(shape, w, inputs[l]!, delta);
      if (l === 0) break;
      const share = (weight * strength(l)) / batch.length;
      delta = kept(
        delta.map((v, i) => v + share * Math.sign(inputs[l]![i]!)),
        l,
      );
    }
  }
  return { loss: total, penalty, gradients };
}

/** One optimizer with its state, in PyTorch's conventions. */
export function createOptimizer(
  spec: OptimizerSpec,
  penalty: { l1: number; l2: number },
  layers: readonly Layer[],
  factors = { bias: 1, decay: (_step: number): number => 1 },
) {
  const state = layers.map(({ w, b }) => ({
    w: { m: new Float64Array(w.length), v: new Float64Array(w.length) },
    b: { m: new Float64Array(b.length), v: new Float64Array(b.length) },
  }));
  let step = 0;
  return (gradients: ReturnType<typeof batchGradient>['gradients'], learningRate: number) => {
    step++;
    const decay = factors.decay(step - 1);
    layers.forEach((layer, l) => {
      for (const part of ['w', 'b'] as const) {
        const values = layer[part];
        const { m, v } = state[l]![part];
        if (spec.kind === 'muon' && part === 'w' && l < layers.length - 1) {
          muonStep(layer, m, gradients[l]!.w, spec, learningRate);
          continue;
        }
        const rate = part === 'b' ? learningRate * factors.bias : learningRate;
        for (let i = 0; i < values.length; i++) {
          let g = gradients[l]![part][i]!;
          if (part === 'w') g += penalty.l2 * values[i]! + penalty.l1 * Math.sign(values[i]!);
          if (spec.kind === 'sgd') {
            m[i] = spec.momentum * m[i]! + g;
            values[i]! -= rate * (spec.nesterov ? g + spec.momentum * m[i]! : m[i]!);
          } else {
            if (part === 'w') values[i]! *= 1 - learningRate * spec.weightDecay * decay;
            m[i] = spec.beta1 * m[i]! + (1 - spec.beta1) * g;
            v[i] = spec.beta2 * v[i]! + (1 - spec.beta2) * g * g;
            const mHat = m[i]! / (1 - spec.beta1 ** step);
            const vHat = v[i]! / (1 - spec.beta2 ** step);
            values[i]! -= (rate * mHat) / (Math.sqrt(vHat) + spec.tolerance);
          }
        }
      }
    });
  };
}

/** Muon on W (inputs, units), row-major, in double precision; the schedule's factor is that of the other learning rate. */
function muonStep(
  { w, shape }: Layer,
  m: Float64Array,
  g: Float64Array,
  spec: Extract<OptimizerSpec, { kind: 'muon' }>,
  learningRate: number,
): void {
  const { muonMomentum: momentum, muonLearningRate, weightDecay } = spec;
  const rate = (muonLearningRate * learningRate) / spec.learningRate;
  const units = shape.units;
  const inputs = w.length / units;
  for (let i = 0; i < m.length; i++) m[i] = momentum * m[i]! + (1 - momentum) * g[i]!;
  const direction = m.map((mean, i) => momentum * mean + (1 - momentum) * g[i]!);
  const norm = Math.hypot(...direction);
  let x = Array.from({ length: inputs }, (_, i) =>
    Array.from(direction.slice(i * units, (i + 1) * units), (value) => value / (norm + 1e-7)),
  );
  const times = (p: number[][], q: number[][]) =>
    p.map((row) => q[0]!.map((_, column) => row.reduce((sum, value, k) => sum + value * q[k]![column]!, 0)));
  for (let iteration = 0; iteration < 5; iteration++) {
    const gram = times(
      x,
      x[0]!.map((_, column) => x.map((row) => row[column]!)),
    );
    const [cubic, quintic] = [times(gram, x), times(times(gram, gram), x)];
    x = x.map((row, i) =>
      row.map((value, j) => 3.4445 * value - 4.775 * cubic[i]![j]! + 2.0315 * quintic[i]![j]!),
    );
  }
  const scale = rate * Math.sqrt(Math.max(1, units / inputs));
  for (let i = 0; i < w.length; i++) {
    w[i] = w[i]! * (1 - rate * weightDecay) - scale * x[Math.floor(i / units)]![i % units]!;
  }
}
