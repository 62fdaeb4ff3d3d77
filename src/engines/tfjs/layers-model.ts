// A trained network of the wasm engine as a tf.LayersModel, to be used or saved by TensorFlow.js alone. The other
// direction is from-layers-model.ts.

import { type Encoding, outputCount, type Scale, type Task } from '../../data/dataset/dataset.js';
import { drawFeatureSubset } from '../../data/resample.js';
import { failOption } from '../../errors.js';
import type { ImageShape } from '../../model/image.js';
import { givesVariances, isLinked, lossOf } from '../../model/losses.js';
import { requireNetwork } from '../../model/network-members.js';
import { requireBareInputs } from '../../model/portable-inputs.js';
import {
  LEAKY_SLOPE,
  type NetworkMember,
  type PortableConvolution,
  type PortableLayer,
  portableNetwork,
  VARIANCE_FLOOR,
} from '../../model/portable-network.js';
import {
  type Activation,
  type DropoutSpec,
  type EnsemblePlan,
  type MemberSpec,
  type ModuleSpec,
  type NetworkMemberSpec,
  seedOf,
} from '../../model/spec.js';
import type { WindowGeometry } from '../../model/windows.js';
import { checkOptions, type OptionTable, option } from '../../option-names.js';
import { allowedModule } from '../user-modules/allowed-modules.js';
import type { ApplyLayer, Layer, LayersModel, TensorFlow } from './api.js';
import { channelsLast } from './model-input.js';
import type { TfjsMemberSpec } from './spec.js';
import { requireStraightScale } from './straight-scale.js';
import { loadTensorFlow } from './tensorflow.js';

/** An ensemble, as far as its networks and models matter here. */
export interface LayeredEnsemble {
  readonly plan: EnsemblePlan;
  readonly task: Task;
  readonly features: number;
  readonly encoding: Encoding;
  readonly members: readonly {
    readonly index: number;
    readonly parameters: Float32Array;
    /** The topology of a member of the tfjs engine, JSON in UTF-8. */
    readonly model?: Uint8Array | null;
    readonly unitFactors?: unknown;
  }[];
  /** Needed for a model with layers of a class of the user's own. */
  readonly allowedModules?: readonly ModuleSpec[];
}

export interface LayersModelOptions {
  /**
   * predictions: what `predictEnsemble` says of the member: probabilities of all classes, or targets in the
   * user's units, followed by their variances under gaussianNll. raw: the network's own outputs, logits or
   * standardised targets, in a Sequential that can be trained further.
   * @default 'predictions'
   */
  readonly outputs?: 'predictions' | 'raw';
}

const LAYERS_MODEL_OPTIONS = {
  outputs: option.oneOf('predictions', 'raw'),
} satisfies OptionTable<LayersModelOptions>;

/** A layer to be, with its weights: kernel and bias. */
interface PlannedLayer {
  readonly layer: Layer & { readonly apply: ApplyLayer };
  readonly weights: readonly Float32Array[];
}

/**
 * A trained member as a tf.LayersModel, for TensorFlow.js to use or save; the caller disposes of it.
 *
 * A network of the wasm engine takes the rows that `predictEnsemble` takes, [rows, features], those of images
 * ordered (channel, y, x). A random subspace becomes zeros in the first kernel; plain dropout goes into the kernels
 * by its weight scaling, inverted dropout becomes layers; features that the encoding standardises get a frozen batch
 * normalisation. Regressions are not clipped to the range of the training targets. A member of the tfjs engine is as its module built it, its input shape and its end
 * included.
 *
 * @param member its place in the plan.
 * @throws ERR_OPTION when it is no finished member with layers, or one of a mask ensemble, or trained with a soft clip; ERR_ENGINE_MISSING
 * without TensorFlow.js.
 */
export async function toLayersModel(
  ensemble: LayeredEnsemble,
  member: number,
  options: LayersModelOptions = {},
): Promise<LayersModel> {
  checkOptions('toLayersModel', options, LAYERS_MODEL_OPTIONS);
  const { outputs = 'predictions' } = options;
  const trained = ensemble.members.find(({ index }) => index === member);
  if (trained === undefined || trained.unitFactors !== undefined) {
    const expected = 'the place in the plan of a finished member, not one of a mask ensemble';
    return failOption('member', expected, member);
  }
  const stated = ensemble.plan.members[member]!;
  if (isTfjs(stated)) {
    if (options.outputs !== undefined)
      failOption('outputs', 'absent for a member of engine tfjs, whose model has its own', options.outputs);
    return modelOfMember(ensemble, stated, trained);
  }
  const spec = requireNetwork(stated, member);
  const tf = await loadTensorFlow();
  return tf.tidy(() => {
    const hidden = plannedLayers(tf, ensemble, spec, trained);
    const head = hidden.pop()!;
    if (outputs === 'predictions' && isLinked(spec)) {
      failOption(
        'outputs',
        `raw for a member of loss ${spec.loss}, which no layer answers as it does`,
        outputs,
      );
    }
    if (outputs === 'predictions' && givesVariances(spec.loss)) {
      return gaussianModel(tf, ensemble, hidden, head);
    }
    const first = hidden.length === 0 ? { inputShape: [ensemble.features] } : {};
    const last = outputs === 'raw' ? head : predictingHead(tf, ensemble, spec, head, first);
    const layers = [...hidden, last];
    const model = tf.sequential({ layers: layers.map(({ layer }) => layer) });
    for (const planned of layers) setWeights(tf, planned);
    return model;
  });
}

function isTfjs(spec: MemberSpec): spec is TfjsMemberSpec {
  return spec.engine === 'tfjs';
}

/** A member of the tfjs engine. */
async function modelOfMember(
  { plan, task, features, allowedModules }: LayeredEnsemble,
  spec: TfjsMemberSpec,
  { index, parameters, model }: LayeredEnsemble['members'][number],
): Promise<LayersModel> {
  const tf = await loadTensorFlow();
  const columns = drawFeatureSubset(spec.featureShare, seedOf(plan, spec), spec.streams.resample, features);
  const topology = new TextDecoder().decode(Uint8Array.from(model ?? []));
  const module = () => allowedModule(allowedModules, { module: spec.model, member: index });
  const member = { spec, index, weights: parameters, topology, columns, module };
  // Loaded here: whoever imports tutti loads this file.
  const { restoreModel } = await import('./predictor.js');
  return (await restoreModel(tf, member, columns?.length ?? features, task)).model;
}

function setWeights(tf: TensorFlow, { layer, weights }: PlannedLayer): void {
  if (weights.length === 0) return;
  layer.setWeights(
    weights.map((values, index) => tf.tensor(values, layer.weights[index]!.shape as number[])),
  );
}

/** The network's layers with raw outputs; the last is its head. */
function plannedLayers(
  tf: TensorFlow,
  ensemble: LayeredEnsemble,
  spec: NetworkMemberSpec,
  trained: NetworkMember,
): PlannedLayer[] {
  const { features, encoding } = ensemble;
  const scale = encoding.features;
  requireStraightScale(encoding);
  const { dropout } = spec;
  const network = portableNetwork(ensemble, trained);
  requireBareInputs(network, 'a tf.LayersModel');
  const { columns, image, layers: own } = network;
  const layers: PlannedLayer[] = [];
  const add: AddLayer = (name, options, ...weights) => {
    const first = layers.length === 0 ? { inputShape: [features] } : {};
    layers.push({ layer: tf.layers[name]!({ ...first, ...options }), weights });
  };
  if (scale !== null) add('batchNormalization', NORMALISATION, ...normalisation(scale));
  addDropout(add, dropout, dropout?.inputKeep);
  if (image !== null) addImage(add, image);
  let below: ImageShape | null = null;
  for (const [index, layer] of own.entries()) {
    const whole = index === 0 ? amongAll(layer, columns, features) : layer;
    addLayer(add, whole, below);
    addDropout(add, dropout, dropout?.hiddenKeep[index]);
    below = imageOf(layer);
  }
  return layers;
}

/** A first layer that takes all features: zeros where it does not see them. */
function amongAll(layer: PortableLayer, columns: Uint32Array | null, features: number): PortableLayer {
  if (columns === null || layer.kind !== 'dense') return layer;
  return { ...layer, inputs: features, weight: spreadRows(layer.weight, layer.units, columns, features) };
}

/** The image that a layer puts out; null for a vector. */
function imageOf(layer: PortableLayer): ImageShape | null {
  if (!('geometry' in layer)) return null;
  const { channels, outHeight: height, outWidth: width } = layer.geometry;
  return { channels: layer.kind === 'conv2d' ? layer.filters : channels, height, width };
}

/** Adds a layer by the name of its maker, with its weights. */
type AddLayer = (name: string, options: object, ...weights: readonly Float32Array[]) => void;

/** Makes an image of a row, channels last. */
function addImage(add: AddLayer, { channels, height, width }: ImageShape): void {
  add('reshape', { targetShape: channels === 1 ? [height, width, 1] : [channels, height, width] });
  if (channels > 1) add('permute', { dims: [2, 3, 1] });
}

/** Inverted dropout is what TensorFlow.js does too. */
function addDropout(add: AddLayer, dropout: DropoutSpec | null, keep = 1): void {
  if (keep < 1 && dropout?.scaling === 'inverted') add('dropout', { rate: 1 - keep });
}

/** Adds a layer of the network. @param below the image that it takes; null for a vector, or the rows themselves. */
function addLayer(add: AddLayer, layer: PortableLayer, below: ImageShape | null): void {
  switch (layer.kind) {
    case 'dense': {
      const { units, activation, weight, bias } = layer;
      if (below !== null) add('flatten', {});
      const ordered = below === null ? weight : orderRows(weight, units, channelsLast(below));
      add('dense', { units, activation: ownActivation(activation) }, ordered, bias);
      break;
    }
    case 'conv2d': {
      const { filters, geometry, weight, bias } = layer;
      const taps = orderRows(weight, filters, channelsLast(windowOf(geometry)));
      add('conv2d', convolutionOptions(layer), taps, bias);
      break;
    }
    case 'maxPool':
      add('maxPooling2d', poolOptions(layer.geometry));
      break;
    case 'averagePool':
      add('averagePooling2d', poolOptions(layer.geometry));
      break;
    case 'layerNorm': {
      const { epsilon, activation, weight, bias } = layer;
      add('layerNormalization', { axis: [-1], epsilon }, weight, bias);
      const own = ownActivation(activation);
      if (own !== 'linear') add('activation', { activation: own });
      break;
    }
    case 'add':
      failOption(
        'layers',
        'layers one behind the other, for a Sequential; `tutti export --to tfjs` has others',
        'add',
      );
      break;
    default:
      layer satisfies never;
  }
  if ('activation' in layer && layer.activation === 'leakyRelu') add('leakyReLU', { alpha: LEAKY_SLOPE });
}

/** (x − mean) / std, exactly: nothing added to the variance. */
const NORMALISATION = { epsilon: 0, trainable: false };

/** Weights of a batch normalisation: γ, β, moving mean, moving variance. */
function normalisation({ mean, std }: Scale): Float32Array[] {
  const ones = new Float32Array(mean.length).fill(1);
  const variance = Float32Array.from(std, (value) => value * value);
  return [ones, new Float32Array(mean.length), Float32Array.from(mean), variance];
}

/** TensorFlow.js has leakyRelu as a layer only, and silu by its other name. */
function ownActivation(activation: Activation): string {
  if (activation === 'leakyRelu') return 'linear';
  return activation === 'silu' ? 'swish' : activation;
}

function convolutionOptions({ filters, geometry, padding, activation }: PortableConvolution): object {
  return {
    filters,
    kernelSize: [geometry.windowHeight, geometry.windowWidth],
    strides: [geometry.strideY, geometry.strideX],
    padding,
    activation: ownActivation(activation),
  };
}

function poolOptions({ windowHeight, windowWidth, strideY, strideX }: WindowGeometry): object {
  return { poolSize: [windowHeight, windowWidth], strides: [strideY, strideX], padding: 'valid' };
}

function windowOf({ channels, windowHeight: height, windowWidth: width }: WindowGeometry) {
  return { channels, height, width };
}

/** W[rows, units] with row order[i] at i. */
function orderRows(w: Float32Array, units: number, order: Uint32Array): Float32Array {
  const ordered = new Float32Array(w.length);
  for (const [at, row] of order.entries()) {
    ordered.set(w.subarray(row * units, (row + 1) * units), at * units);
  }
  return ordered;
}

/** W[columns, units] among `features` rows, the others zero. */
function spreadRows(w: Float32Array, units: number, columns: Uint32Array, features: number): Float32Array {
  const spread = new Float32Array(features * units);
  for (const [at, row] of columns.entries()) {
    spread.set(w.subarray(at * units, (at + 1) * units), row * units);
  }
  return spread;
}

/** Some columns of W[inputs, columns], each times a factor. */
function takeColumns(
  w: Float32Array,
  columns: number,
  from: number,
  factors: readonly number[],
): Float32Array {
  const taken = new Float32Array((w.length / columns) * factors.length);
  for (let at = 0; at < taken.length; at++) {
    const [row, k] = [Math.floor(at / factors.length), at % factors.length];
    taken[at] = w[row * columns + from + k]! * factors[k]!;
  }
  return taken;
}

/** The head that puts out predictions, in place of one with raw outputs. @param first options of a first layer. */
function predictingHead(
  tf: TensorFlow,
  { task, encoding }: LayeredEnsemble,
  { loss }: NetworkMemberSpec,
  { weights }: PlannedLayer,
  first: object,
): PlannedLayer {
  const [kernel, bias] = weights as readonly [Float32Array, Float32Array];
  const units = outputCount(task);
  const { mean, std } = encoding.targets;
  const { activation } = lossOf(loss);
  switch (activation) {
    case 'softmax':
      return { layer: tf.layers.dense!({ ...first, units, activation: 'softmax' }), weights };
    case 'sigmoid': {
      // One logit is that of the second class against a first one of 0.
      const pairs = Float32Array.from({ length: 2 * kernel.length }, (_, at) => {
        return at % 2 === 0 ? 0 : kernel[(at - 1) / 2]!;
      });
      const layer = tf.layers.dense!({ ...first, units, activation: 'softmax' });
      return { layer, weights: [pairs, Float32Array.of(0, bias[0]!)] };
    }
    case null: {
      const scaled = takeColumns(kernel, units, 0, std);
      const moved = bias.map((value, k) => value * std[k]! + mean[k]!);
      return { layer: tf.layers.dense!({ ...first, units }), weights: [scaled, moved] };
    }
    default:
      return activation satisfies never;
  }
}

/** Means and variances side by side: two heads on the last hidden layer, which takes a model that branches. */
function gaussianModel(
  tf: TensorFlow,
  { features, encoding }: LayeredEnsemble,
  hidden: readonly PlannedLayer[],
  { weights: [kernel, bias] }: PlannedLayer,
): LayersModel {
  const { mean, std } = encoding.targets;
  const targets = std.length;
  const dense = (activation: string, ...weights: readonly Float32Array[]): PlannedLayer => {
    return { layer: tf.layers.dense!({ units: targets, activation }), weights };
  };
  const ones = std.map(() => 1);
  const means = dense(
    'linear',
    takeColumns(kernel!, 2 * targets, 0, std),
    Float32Array.from(mean, (value, k) => bias![k]! * std[k]! + value),
  );
  const raw = dense('softplus', takeColumns(kernel!, 2 * targets, targets, ones), bias!.slice(targets));
  const squares = std.map((value) => value * value);
  const variances = dense(
    'linear',
    Float32Array.from({ length: targets * targets }, (_, at) =>
      at % (targets + 1) === 0 ? squares[at % targets]! : 0,
    ),
    Float32Array.from(squares, (square) => VARIANCE_FLOOR * square),
  );
  const input = tf.input({ shape: [features] });
  const last = hidden.reduce((below, { layer }) => layer.apply(below), input);
  const outputs = tf.layers.concatenate!().apply([
    means.layer.apply(last),
    variances.layer.apply(raw.layer.apply(last)),
  ]);
  const model = tf.model({ inputs: input, outputs });
  for (const planned of [...hidden, means, raw, variances]) setWeights(tf, planned);
  return model;
}
