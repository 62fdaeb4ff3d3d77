// A trained network of the wasm engine without anything of tutti's own: which features it reads, layers with their
// parameters, and how the last one's raw outputs are predictions. What exports networks to other formats starts here, so
// that dropout, random subspaces and heads are understood in one place.

import type { Encoding, Task } from '../data/dataset/dataset.js';
import type { TargetMap } from '../data/dataset/encoding.js';
import { drawFeatureSubset } from '../data/resample.js';
import { inputLayers } from './embedding-layer.js';
import type { ImageShape } from './image.js';
import { weightCount } from './layer-kind.js';
import { LAYER_NORM_EPSILON } from './layer-norm-layer.js';
import type { Activation, LayerSpec, PoolLayer } from './layer-types.js';
import { type HiddenShape, weightShapes } from './layers.js';
import { type LossSpec, rateUnits } from './losses.js';
import { layerShapes } from './network.js';
import { requireNetwork } from './network-members.js';
import type { PortableInputs } from './portable-input-types.js';
import { portableInputs } from './portable-inputs.js';
import { type DropoutSpec, type EnsemblePlan, seedOf } from './spec.js';
import type { Padding, WindowGeometry } from './windows.js';

/** The slope of leakyRelu below zero. */
export const LEAKY_SLOPE = 0.01;

/** What Gaussian heads add to softplus of a raw output, in standardised units, so that no variance is 0. */
export const VARIANCE_FLOOR = 1e-6;

/** h = activation(x W + b), with x [rows, inputs]. The units of an image below are ordered (channel, y, x). */
export interface PortableDense {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
  /** W, f32[inputs, units], row-major. */
  readonly weight: Float32Array;
  /** f32[units]. */
  readonly bias: Float32Array;
}

/** A convolution over x [rows, channels, height, width], with as many zeros around it as its windows reach. */
export interface PortableConvolution {
  readonly kind: 'conv2d';
  readonly filters: number;
  readonly geometry: WindowGeometry;
  /** What the zeros around it are, by name. */
  readonly padding: Padding;
  readonly activation: Activation;
  /** W, f32[channels, windowHeight, windowWidth, filters], row-major. */
  readonly weight: Float32Array;
  /** f32[filters]. */
  readonly bias: Float32Array;
}

/** The largest or the mean value of windows inside the image, channel by channel. */
export interface PortablePool {
  readonly kind: PoolLayer['kind'];
  readonly geometry: WindowGeometry;
}

/** h = activation(weight ⊙ (x − mean) / √(variance + epsilon) + bias), mean and variance over the units of each row. */
export interface PortableLayerNorm {
  readonly kind: 'layerNorm';
  readonly units: number;
  readonly epsilon: number;
  readonly activation: Activation;
  /** Gains, f32[units]. */
  readonly weight: Float32Array;
  /** Shifts, f32[units]. */
  readonly bias: Float32Array;
}

/** What is below plus what went into the `skip` layers before this one. */
export interface PortableAdd {
  readonly kind: 'add';
  readonly units: number;
  readonly skip: number;
}

/** A layer with parameters. */
export type WeightedLayer = PortableDense | PortableConvolution | PortableLayerNorm;

export type PortableLayer = WeightedLayer | PortablePool | PortableAdd;

/**
 * How raw outputs z of the last layer are predictions. softmax: probabilities of the classes. sigmoid: of two classes, z
 * [1] is the logit of the second. linear: targets, mean + std × z, or what their map makes of z. gaussian: z holds those of the means, then of each
 * target the r whose softplus(r) + varianceFloor, times std², is the variance. rate: of targets that are counts, unit × e^z. labels: of
 * targets of 0 and 1, the probability of 1, 1 / (1 + e^−z).
 * quantiles: z holds, level after level, one for each target: q is z of the first level, then grows by softplus(z) from each
 * level to the next; quantiles are mean + std × q, or what the targets' map makes of q.
 */
export type PortableHead =
  | { readonly kind: 'softmax' | 'sigmoid'; readonly classes: number }
  | { readonly kind: 'rate'; readonly unit: readonly number[] }
  | { readonly kind: 'labels' }
  | {
      readonly kind: 'quantiles';
      readonly levels: readonly number[];
      readonly mean: readonly number[];
      readonly std: readonly number[];
      readonly map?: TargetMap | undefined;
    }
  | {
      readonly kind: 'linear';
      readonly mean: readonly number[];
      readonly std: readonly number[];
      readonly map?: TargetMap | undefined;
    }
  | {
      readonly kind: 'gaussian';
      readonly mean: readonly number[];
      readonly std: readonly number[];
      readonly varianceFloor: number;
    };

export interface PortableNetwork {
  /** Its place in the plan. */
  readonly member: number;
  /** The encoded features that it reads, ascending; null: all, in their order. */
  readonly columns: Uint32Array | null;
  /** What becomes of these first; null: nothing. */
  readonly inputs: PortableInputs | null;
  /** How the features that it reads are an image; null when they are not one, or no layer takes them for one. */
  readonly image: ImageShape | null;
  /** From input to output; the last is dense and linear. Dropout's plain scaling is in the weights. */
  readonly layers: readonly PortableLayer[];
  readonly head: PortableHead;
}

/** An ensemble, as far as its networks matter here. */
export interface NetworksOwner {
  readonly plan: EnsemblePlan;
  readonly task: Task;
  readonly features: number;
  readonly encoding: Encoding;
}

/** A trained member, as far as it matters here. */
export interface NetworkMember {
  readonly index: number;
  readonly parameters: Float32Array;
}

/**
 * A trained member as a portable network. Its weights are copies.
 * @throws ERR_OPTION when it is no network of the wasm engine.
 */
export function portableNetwork(owner: NetworksOwner, { index, parameters }: NetworkMember): PortableNetwork {
  const { plan, task, features, encoding } = owner;
  const spec = requireNetwork(plan.members[index]!, index);
  const { dropout, network } = spec;
  const columns = drawFeatureSubset(spec.featureShare, seedOf(plan, spec), spec.streams.resample, features);
  const shapes = layerShapes(spec, features, task);
  const lead = inputLayers(shapes);
  const keeps = keptShares(dropout, shapes.length - lead);
  const layers: PortableLayer[] = [];
  let inputs: PortableInputs | null = null;
  let start = 0;
  // Plain dropout leaves units as they are in training and scales them at prediction: it goes into the next weights,
  // through poolings, which a factor above 0 passes unchanged.
  let keep = 1;
  for (const [at, shape] of shapes.entries()) {
    // What stands before the hidden layers drops nothing.
    if (at >= lead) keep *= keeps[at - lead]!;
    const factor = keep;
    const matrices = weightShapes(shape).map((matrix): PortableMatrix => {
      const end = start + matrix.inputs * matrix.units;
      const weight = parameters.slice(start, end).map((value) => value * factor);
      start += weightCount(matrix);
      return { weight, bias: parameters.slice(end, start) };
    });
    if (shape.kind === 'embedding' || shape.kind === 'factors') {
      const own = matrices.map(({ weight }) => weight);
      inputs = portableInputs(shape, own, inputs);
      continue;
    }
    layers.push(portableLayer(shape, network.layers[at - lead], matrices));
    if (matrices.length > 0) keep = 1;
  }
  const image = layers[0]!.kind === 'dense' ? null : network.image;
  return { member: index, columns, inputs, image, layers, head: headOf(spec, task, encoding) };
}

/** What prediction multiplies the inputs of each layer by. */
function keptShares(dropout: DropoutSpec | null, layers: number): number[] {
  const plain = dropout?.scaling === 'plain' ? [dropout.inputKeep, ...dropout.hiddenKeep] : [];
  return Array.from({ length: layers }, (_, at) => plain[at] ?? 1);
}

/** A matrix of a layer, row-major, and its bias, empty where it has none. */
interface PortableMatrix {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

function portableLayer(
  shape: HiddenShape,
  spec: LayerSpec | undefined,
  matrices: readonly PortableMatrix[],
): PortableLayer {
  switch (shape.kind) {
    case 'dense': {
      const { kind, inputs, units, activation } = shape;
      const { weight, bias } = matrices[0]!;
      return { kind, inputs, units, activation, weight, bias };
    }
    case 'conv2d': {
      const { kind, filters, geometry, activation } = shape;
      const { weight, bias } = matrices[0]!;
      const padding = spec?.kind === 'conv2d' ? spec.padding : 'valid';
      return { kind, filters, geometry, padding, activation, weight, bias };
    }
    case 'layerNorm': {
      const { kind, units, activation } = shape;
      return { kind, units, epsilon: LAYER_NORM_EPSILON, activation, ...matrices[0]! };
    }
    case 'add':
      return { kind: shape.kind, units: shape.units, skip: shape.skip };
    case 'maxPool':
    case 'averagePool':
      return { kind: shape.kind, geometry: shape.geometry };
    default:
      return shape satisfies never;
  }
}

/** How what a loss teaches is a prediction. */
export function headOf({ loss, quantiles }: LossSpec, task: Task, { targets }: Encoding): PortableHead {
  const { mean, std, map } = targets;
  const classes = task.kind === 'classification' ? task.classes.length : 0;
  switch (loss) {
    case 'softmaxCrossEntropy':
    case 'focal':
      return { kind: 'softmax', classes };
    case 'binaryCrossEntropy':
      return { kind: 'sigmoid', classes };
    case 'squaredError':
    case 'huber':
      return { kind: 'linear', mean, std, ...(map === undefined ? {} : { map }) };
    case 'poisson':
      return { kind: 'rate', unit: rateUnits(targets) };
    case 'multilabel':
      return { kind: 'labels' };
    case 'quantile':
      return { kind: 'quantiles', levels: quantiles!, mean, std, ...(map === undefined ? {} : { map }) };
    case 'gaussianNll':
      return { kind: 'gaussian', mean, std, varianceFloor: VARIANCE_FLOOR };
    default:
      return loss satisfies never;
  }
}
