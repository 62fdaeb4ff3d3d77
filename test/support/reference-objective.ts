// The training objective with every technique on, in double precision: the blend of clean and adversarial loss,
// activity penalty, dropout and tangent propagation, with its exact gradient, one example at a time. Written
// from the definitions, with nothing shared with the kernels.

import type { Activation, AdversarialSpec } from '../../src/model/spec.js';
import { addWeightGradient, affine, affineTranspose } from './reference-layers.js';
import {
  activate,
  type Example,
  type Judged,
  type Layer,
  lossOf,
  type Techniques,
} from './reference-network.js';

export interface RegularizedExample extends Example {
  /** Tangent vectors of the example, each [inputs]. */
  readonly tangents?: readonly (readonly number[])[];
  /** What an attack made of x; where present, the loss is blended. */
  readonly adversarial?: readonly number[];
}

export interface Objective extends Techniques {
  readonly tangentStrength?: number;
  /** α of α J(x) + (1 − α) J(x′). */
  readonly cleanShare?: number;
}

/** d²h/dz². */
export function secondDerivative(kind: Activation, z: number): number {
  const [h, d] = activate(kind, z);
  switch (kind) {
    case 'tanh':
      return -2 * h * d;
    case 'sigmoid':
      return d * (1 - 2 * h);
    case 'softplus':
      return d * (1 - d);
    case 'gelu':
      return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * (2 - z * z);
    case 'selu':
      return z > 0 ? 0 : d;
    case 'silu': {
      const s = 1 / (1 + Math.exp(-z));
      return s * (1 - s) * (2 + z * (1 - 2 * s));
    }
    case 'mish': {
      const s = 1 / (1 + Math.exp(-z));
      const t = Math.tanh(Math.log1p(Math.exp(z)));
      const slope = (1 - t * t) * s;
      return slope * (2 + z * (1 - s - 2 * t * s));
    }
    default:
      return 0;
  }
}

/** One example on its way through the network. */
interface Trace {
  /** What each layer reads. */
  readonly inputs: (readonly number[])[];
  readonly slopes: number[][];
  readonly curvatures: number[][];
  readonly output: readonly number[];
}

type Gradients = { readonly w: Float64Array; readonly b: Float64Array }[];

const kept = (example: Example, values: readonly number[], layer: number) =>
  values.map((v, i) => v * (example.multipliers?.[layer]?.[i] ?? 1));

function forward(layers: readonly Layer[], example: Example, x: readonly number[]): Trace {
  const trace = {
    inputs: [] as (readonly number[])[],
    slopes: [] as number[][],
    curvatures: [] as number[][],
  };
  let h = kept(example, x, 0);
  for (const [index, { shape, w, b }] of layers.entries()) {
    trace.inputs.push(h);
    const z = affine(shape, w, b, h);
    trace.slopes.push(z.map((v) => activate(shape.activation, v)[1]));
    trace.curvatures.push(z.map((v) => secondDerivative(shape.activation, v)));
    h = z.map((v) => activate(shape.activation, v)[0]);
    if (index < layers.length - 1) h = kept(example, h, index + 1);
  }
  return { ...trace, output: h };
}

/** The raw outputs of a network that drops nothing. */
export function rawOutput(layers: readonly Layer[], x: readonly number[]): readonly number[] {
  return forward(layers, { x, label: 0, y: [], weight: 1 }, x).output;
}

/**
 * From ∂/∂output down to the inputs, which it returns; parameters' gradients are added where given.
 * @param alsoAtOutput what else reaches a layer's (masked) output; @param alsoAtSum what else reaches its z.
 */
function backward(
  layers: readonly Layer[],
  example: Example,
  { inputs, slopes }: Trace,
  top: readonly number[],
  gradients: Gradients | null,
  alsoAtOutput: (layer: number, i: number) => number = () => 0,
  alsoAtSum: (layer: number, i: number) => number = () => 0,
): number[] {
  let delta = [...top];
  for (let l = layers.length - 1; ; l--) {
    const { shape, w } = layers[l]!;
    delta = delta.map((v, i) => v * slopes[l]![i]! + alsoAtSum(l, i));
    if (gradients !== null) addWeightGradient(shape, inputs[l]!, delta, gradients[l]!);
    delta = affineTranspose(shape, w, inputs[l]!, delta);
    if (l > 0) delta = delta.map((v, i) => v + alsoAtOutput(l - 1, i));
    delta = kept(example, delta, l);
    if (l === 0) return delta;
  }
}

/** ∂(loss of the example)/∂x, without penalties. */
export function inputGradient(
  layers: readonly Layer[],
  loss: Judged,
  example: Example,
  x: readonly number[],
  labelSmoothing = 0,
): number[] {
  const trace = forward(layers, example, x);
  const [, dz] = lossOf(loss, trace.output, example.label, example.y, labelSmoothing);
  return backward(layers, example, trace, dz, null);
}

/** The whole objective of a batch, the part of it that is loss, and its gradient with x′ held constant. */
export function objectiveGradient(
  layers: readonly Layer[],
  loss: Judged,
  batch: readonly RegularizedExample[],
  objective: Objective,
) {
  const gradients = layers.map(({ w, b }) => ({
    w: new Float64Array(w.length),
    b: new Float64Array(b.length),
  }));
  let total = 0;
  let value = 0;
  for (const example of batch) {
    const weight = example.weight / batch.length;
    const { adversarial } = example;
    const share = adversarial === undefined ? 1 : (objective.cleanShare ?? 0.5);
    const { tangentStrength = 0 } = objective;
    const pull = weight * tangentStrength;
    const clean = addLoss(layers, loss, example, example.x, weight * share, objective, gradients, pull);
    const attacked =
      adversarial === undefined
        ? { loss: 0, penalty: 0 }
        : addLoss(layers, loss, example, adversarial, weight * (1 - share), objective, gradients, 0);
    value += clean.loss + attacked.loss;
    total += clean.loss + attacked.loss + clean.penalty + attacked.penalty;
  }
  return { loss: value, total, gradients };
}

/** One term of the blend, with the tangents' penalty at the same point. */
function addLoss(
  layers: readonly Layer[],
  loss: Judged,
  example: RegularizedExample,
  x: readonly number[],
  weight: number,
  objective: Objective,
  gradients: Gradients,
  tangentStrength: number,
) {
  const { activityPenalty = null, labelSmoothing = 0 } = objective;
  const strength = (layer: number) =>
    activityPenalty?.layers.includes(layer + 1) ? activityPenalty.strength * weight : 0;
  const trace = forward(layers, example, x);
  const [own, dz] = lossOf(loss, trace.output, example.label, example.y, labelSmoothing);
  const hidden = trace.inputs.slice(1);
  let penalty = hidden.reduce(
    (sum, h, l) => sum + strength(l) * h.reduce((norm, v) => norm + Math.abs(v), 0),
    0,
  );
  const bends = trace.slopes.map((slopes) => new Float64Array(slopes.length));
  for (const tangent of tangentStrength === 0 ? [] : (example.tangents ?? [])) {
    penalty += addTangent(layers, example, trace, tangent, tangentStrength, gradients, bends);
  }
  backward(
    layers,
    example,
    trace,
    dz.map((v) => v * weight),
    gradients,
    (l, i) => strength(l) * Math.sign(hidden[l]![i]!),
    (l, i) => bends[l]![i]!,
  );
  return { loss: weight * own, penalty };
}

/** strength · ‖(∇ₓf)ᵀv‖²: its gradient, and through `bends` what it does to each layer's z. */
function addTangent(
  layers: readonly Layer[],
  example: Example,
  { inputs, slopes, curvatures }: Trace,
  tangent: readonly number[],
  strength: number,
  gradients: Gradients,
  bends: readonly Float64Array[],
): number {
  const entering: (readonly number[])[] = [];
  const sums: number[][] = [];
  let t: readonly number[] = kept(example, tangent, 0);
  for (const [l, { shape, w, b }] of layers.entries()) {
    entering.push(t);
    sums.push(affine(shape, w, new Float64Array(b.length), t, inputs[l]!));
    t = kept(
      example,
      sums[l]!.map((u, i) => u * slopes[l]![i]!),
      l + 1,
    );
  }
  const top = sums.at(-1)!;
  let delta = top.map((u) => 2 * strength * u);
  for (let l = layers.length - 1; l >= 0; l--) {
    const { shape, w, b } = layers[l]!;
    const withoutBias = { w: gradients[l]!.w, b: new Float64Array(b.length) };
    addWeightGradient(shape, entering[l]!, delta, withoutBias);
    if (l === 0) break;
    const above = kept(example, affineTranspose(shape, w, inputs[l]!, delta), l);
    above.forEach((v, i) => {
      bends[l - 1]![i]! += curvatures[l - 1]![i]! * sums[l - 1]![i]! * v;
    });
    delta = above.map((v, i) => v * slopes[l - 1]![i]!);
  }
  return strength * top.reduce((sum, u) => sum + u * u, 0);
}

/** The ball of an attack, per feature. */
export interface ReferenceBall {
  readonly radius: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** What an attack of some steps makes of an example. */
export function attackExample(
  layers: readonly Layer[],
  loss: Judged,
  example: Example,
  { norm, steps }: Pick<AdversarialSpec, 'norm' | 'steps'>,
  { radius, low, high }: ReferenceBall,
  labelSmoothing = 0,
): number[] {
  const origin = example.x;
  const step = steps === 1 ? 1 : Math.min(1, 2.5 / steps);
  let x = [...origin];
  for (let s = 0; s < steps; s++) {
    const g = inputGradient(layers, loss, example, x, labelSmoothing);
    const length = Math.hypot(...g.map((v, i) => v * radius[i]!));
    let away = x.map((v, i) => {
      const move =
        norm === 'linf' ? radius[i]! * Math.sign(g[i]!) : (radius[i]! ** 2 * g[i]!) / (length || 1);
      return v - origin[i]! + step * move;
    });
    const distance = Math.hypot(...away.map((v, i) => (radius[i] === 0 ? 0 : v / radius[i]!)));
    if (norm === 'l2') away = away.map((v) => v / Math.max(1, distance));
    x = away.map((v, i) => {
      const o = origin[i]!;
      const within = Math.min(radius[i]!, Math.max(-radius[i]!, v));
      return Math.min(Math.max(high[i]!, o), Math.max(Math.min(low[i]!, o), o + within));
    });
  }
  return x;
}
