// A tf.LayersModel as a network of the wasm engine: a Sequential of the layers that the engine has, read layer by
// layer. What it does not have is refused by name; toLayersModel (layers-model.ts) is the other direction.

import type { Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import type { ImageShape } from '../../model/image.js';
import { ACTIVATIONS } from '../../model/layer-kind.js';
import { headUnits, LOSS_NAMES, type Loss, lossOf } from '../../model/losses.js';
import type { TranslatedNetwork } from '../../model/options/module-table.js';
import { LEAKY_SLOPE } from '../../model/portable-network.js';
import type { Activation, ConvolutionLayer, Initialisation, LayerSpec } from '../../model/spec.js';
import { checkOptions, type OptionTable, option } from '../../option-names.js';
import type { Layer, LayersModel } from './api.js';
import { channelsLast, inputImage } from './model-input.js';

/** A translated model with its weights as the wasm engine orders them. */
export interface NetworkWithWeights extends TranslatedNetwork {
  /** Per layer W[inputs, units] row-major, then the bias. */
  readonly parameters: Float32Array<SharedArrayBuffer>;
}

/** What a network is for. */
export interface NetworkPurpose {
  readonly features: number;
  readonly task: Task;
  readonly loss: Loss;
}

const PURPOSE = {
  features: option.required(option.integer(1)),
  task: option.required(option.object),
  loss: option.required(option.oneOf(...LOSS_NAMES)),
} satisfies OptionTable<NetworkPurpose>;

/** Layers that can be translated, as a user would name them. */
export const SUPPORTED_LAYERS =
  'dense, conv2d, maxPooling2d, averagePooling2d, flatten, reshape, permute, dropout, activation, reLU, leakyReLU ' +
  `(alpha ${LEAKY_SLOPE}) and a last softmax`;

/**
 * The network that a Sequential model is, and its weights. Features are taken in tutti's order: an input of rank
 * 3 is an image whose rows come as (channel, y, x).
 * @throws ERR_MODULE when the wasm engine has no such layer, or the model does not fit the task.
 */
export function fromLayersModel(model: LayersModel, purpose: NetworkPurpose): NetworkWithWeights {
  checkOptions('fromLayersModel', purpose, PURPOSE);
  const { parts, ...translated } = translate(model, purpose);
  const values = parts.flatMap(({ layer, order }) => {
    const [kernel, bias] = layer.weights.map((weight) => weight.read().dataSync());
    return [order === null ? kernel! : scatterRows(kernel!, bias!.length, order), bias!];
  });
  const length = values.reduce((sum, part) => sum + part.length, 0);
  const weights = new Float32Array(allocateShared(length * 4));
  let start = 0;
  for (const part of values) {
    weights.set(part, start);
    start += part.length;
  }
  return { ...translated, parameters: weights };
}

/** W[rows, units] with row i moved to order[i]. */
function scatterRows(w: Float32Array, units: number, order: Uint32Array): Float32Array {
  const moved = new Float32Array(w.length);
  for (const [at, row] of order.entries()) moved.set(w.subarray(at * units, (at + 1) * units), row * units);
  return moved;
}

/** A layer with weights, and for each row of its kernel the row that the wasm engine has it in. */
interface WeightedLayer {
  readonly layer: Layer;
  readonly order: Uint32Array | null;
}

/** What flows between layers: its shape, and for each of its numbers the wasm engine's unit. */
interface Flow {
  readonly shape: readonly number[];
  readonly order: Uint32Array;
}

/** The translation so far. */
interface Progress {
  flow: Flow;
  image: ImageShape | null;
  /** All layers with units so far, the head among them. */
  readonly layers: LayerSpec[];
  readonly parts: WeightedLayer[];
  /** Keep probability of the inputs, then of each layer's outputs. */
  readonly keeps: number[];
  /** Whether an activation may still join the last layer. */
  isOpen: boolean;
}

export function translate(
  model: LayersModel,
  purpose: NetworkPurpose,
): TranslatedNetwork & { readonly parts: readonly WeightedLayer[] } {
  if (purpose.loss === 'quantile') refuse('Expected a loss other than quantile for a network of a model');
  if (model.getClassName() !== 'Sequential') {
    return refuse(`Expected a Sequential model for the wasm engine, got a ${model.getClassName()}`);
  }
  const state = beginning(model);
  const hidden = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  for (const layer of hidden) {
    const read = READERS[layer.getClassName()] ?? (() => refuseLayer(layer));
    read(state, { layer, config: layer.getConfig(), isLast: layer === hidden.at(-1), loss: purpose.loss });
  }
  const { layers, parts, image, keeps } = state;
  requireHead(state, purpose);
  if (keeps.at(-1)! < 1) refuse('Expected no dropout after the last dense layer');
  layers.pop();
  const [inputKeep, ...hiddenKeep] = keeps.slice(0, -1) as [number, ...number[]];
  const drops = keeps.some((keep) => keep < 1);
  return {
    network: { image, layers, init: initialisationOf(parts) },
    dropout: drops ? { inputKeep, hiddenKeep, scaling: 'inverted' } : null,
    parts,
  };
}

function beginning(model: LayersModel): Progress {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const size = shape.reduce((product, length) => product * length, 1);
  const image = inputImage(model);
  if (image?.channelsFirst === true) refuse('Expected images with channels last, got channelsFirst');
  const order = image === null ? identity(size) : channelsLast(image);
  return { flow: { shape, order }, image: null, layers: [], parts: [], keeps: [1], isOpen: false };
}

function identity(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, at) => at);
}

/** A layer to be read. */
interface NextLayer {
  readonly layer: Layer;
  readonly config: Readonly<Record<string, unknown>>;
  readonly isLast: boolean;
  readonly loss: Loss;
}

/** What reads a layer of each class. */
const READERS: Readonly<Record<string, (state: Progress, next: NextLayer) => void>> = {
  Dense: takeDense,
  Conv2D: takeConvolution,
  MaxPooling2D: takePool,
  AveragePooling2D: takePool,
  Dropout(state, { config }) {
    state.keeps[state.keeps.length - 1]! *= 1 - (config.rate as number);
    state.isOpen = false;
  },
  Flatten(state, { layer, config }) {
    requireOption(layer, config, 'dataFormat', 'channelsLast', undefined, null);
    state.flow = { ...state.flow, shape: [state.flow.order.length] };
  },
  Reshape(state, { layer }) {
    state.flow = { ...state.flow, shape: outputShapeOf(layer) };
  },
  Permute(state, { config }) {
    state.flow = permuted(state.flow, config.dims as readonly number[]);
  },
  ReLU(state, { layer, config }) {
    requireOption(layer, config, 'maxValue', undefined, null);
    join(state, layer, 'relu');
  },
  LeakyReLU(state, { layer, config }) {
    requireOption(layer, config, 'alpha', LEAKY_SLOPE);
    join(state, layer, 'leakyRelu');
  },
  Activation(state, next) {
    join(state, next.layer, activationOf(next));
  },
  Softmax(_, { layer, isLast, loss }) {
    if (!isLast || lossOf(loss).activation !== 'softmax') refuseLayer(layer);
  },
};

function takeDense(state: Progress, next: NextLayer): void {
  const { layer, config } = next;
  requirePlainWeights(layer, config);
  if (state.flow.shape.length !== 1) {
    refuse(`Expected a flatten layer before ${layer.name}, which gets [${state.flow.shape.join(', ')}]`);
  }
  const units = config.units as number;
  const activation = activationOf(next);
  addLayer(state, { kind: 'dense', units, activation });
  state.parts.push({ layer, order: state.flow.order });
  state.flow = { shape: [units], order: identity(units) };
}

function takeConvolution(state: Progress, next: NextLayer): void {
  const { layer, config } = next;
  requirePlainWeights(layer, config);
  const { channels } = requireImage(state, layer, config);
  const dilation = config.dilationRate as readonly number[];
  if (dilation.some((rate) => rate !== 1))
    refuse(`Expected no dilation in ${layer.name}, got ${dilation.join('×')}`);
  const kernel = config.kernelSize as [number, number];
  const spec: ConvolutionLayer = {
    kind: 'conv2d',
    filters: config.filters as number,
    kernel,
    stride: config.strides as [number, number],
    padding: requireOption(layer, config, 'padding', 'valid', 'same') as 'valid' | 'same',
    activation: activationOf({ ...next, isLast: false }),
  };
  addLayer(state, spec);
  state.parts.push({ layer, order: channelsLast({ channels, height: kernel[0], width: kernel[1] }) });
  state.flow = imageFlow(layer);
}

function takePool(state: Progress, { layer, config }: NextLayer): void {
  requireImage(state, layer, config);
  requireOption(layer, config, 'padding', 'valid');
  const kind = layer.getClassName() === 'MaxPooling2D' ? 'maxPool' : 'averagePool';
  addLayer(state, {
    kind,
    size: config.poolSize as [number, number],
    stride: config.strides as [number, number],
  });
  state.isOpen = false;
  state.flow = imageFlow(layer);
}

function addLayer(state: Progress, spec: LayerSpec): void {
  state.layers.push(spec);
  state.keeps.push(1);
  state.isOpen = true;
}

function outputShapeOf(layer: Layer): number[] {
  return (layer as unknown as { outputShape: (number | null)[] }).outputShape.slice(1) as number[];
}

/** What a layer puts out that makes images, channels last. */
function imageFlow(layer: Layer): Flow {
  const shape = outputShapeOf(layer) as [number, number, number];
  const [height, width, channels] = shape;
  return { shape, order: channelsLast({ channels, height, width }) };
}

/** The image that flows into a layer; it is the network's own before its first layer. */
function requireImage(state: Progress, layer: Layer, config: Readonly<Record<string, unknown>>): ImageShape {
  requireOption(layer, config, 'dataFormat', 'channelsLast');
  const { shape, order } = state.flow;
  const [height, width, channels] = shape as [number, number, number];
  const image = { channels, height, width };
  const isImage = shape.length === 3 && channelsLast(image).every((unit, at) => unit === order[at]);
  if (!isImage || state.layers.at(-1)?.kind === 'dense') {
    const expected = 'the features, ordered (channel, y, x), or the output of a convolution or pooling';
    refuse(`Expected an image to flow into ${layer.name}: ${expected}`);
  }
  if (state.layers.length === 0) state.image = image;
  return image;
}

/** Rearranges the axes of what flows; `dims` counts them from 1. */
function permuted({ shape, order }: Flow, dims: readonly number[]): Flow {
  const axes = dims.map((dim) => dim - 1);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const target = axes.map((axis) => shape[axis]!);
  const moved = order.map((_, at) => {
    let [rest, from] = [at, 0];
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += (rest % target[axis]!) * strides[axes[axis]!]!;
      rest = Math.floor(rest / target[axis]!);
    }
    return order[from]!;
  });
  return { shape: target, order: moved };
}

/** An activation in a layer of its own belongs to the dense or convolutional layer before it. */
function join(state: Progress, layer: Layer, activation: Activation): void {
  const last = state.layers.at(-1);
  if (!state.isOpen || last === undefined || !('activation' in last) || last.activation !== 'linear') {
    refuse(`Expected ${layer.name} to follow a linear dense or conv2d layer`);
  }
  state.layers[state.layers.length - 1] = { ...last, activation };
  state.isOpen = false;
}

/** The activation that belongs to the loss makes the last layer linear: its outputs are logits. */
function activationOf({ layer, config: { activation }, isLast, loss }: NextLayer): Activation {
  if (isLast && activation === lossOf(loss).activation) return 'linear';
  const known = activation === 'swish' ? 'silu' : ACTIVATIONS.find((name) => name === activation);
  if (known !== undefined) return known;
  return refuse(
    `Expected ${layer.name} to have an activation of the wasm engine (${ACTIVATIONS.join(', ')}), got ${String(activation)}`,
  );
}

/** @returns the value of an option that must be one of some. */
function requireOption(
  layer: Layer,
  config: Readonly<Record<string, unknown>>,
  name: string,
  ...allowed: readonly unknown[]
): unknown {
  const value = config[name];
  if (allowed.includes(value)) return value;
  return refuse(`Expected ${layer.name} to have ${name} ${String(allowed[0])}, got ${JSON.stringify(value)}`);
}

/** Biases, and no penalties or projections, which are options of the training here. */
function requirePlainWeights(layer: Layer, config: Readonly<Record<string, unknown>>): void {
  requireOption(layer, config, 'useBias', true);
  for (const name of [
    'kernelRegularizer',
    'biasRegularizer',
    'activityRegularizer',
    'kernelConstraint',
    'biasConstraint',
  ]) {
    requireOption(layer, config, name, null, undefined);
  }
}

/** @throws ERR_MODULE unless the model takes the features and ends in the dense layer that the loss asks for. */
function requireHead({ layers }: Progress, { task, loss }: NetworkPurpose): void {
  const head = layers.at(-1);
  const units = headUnits({ loss }, task);
  if (head?.kind === 'dense' && head.units === units && head.activation === 'linear') return;
  const got =
    head === undefined ? 'no layer' : head.kind === 'dense' ? `${head.units} ${head.activation}` : head.kind;
  refuse(`Expected the model to end in a dense layer of ${units} linear units (${loss}), got ${got}`);
}

/** What draws the kernels of the hidden layers, normal or uniform; the engine draws uniformly, with the same variance. */
function initialisationOf(parts: readonly WeightedLayer[]): Initialisation {
  const hidden = parts.length > 1 ? parts.slice(0, -1) : parts;
  const kinds = new Set(hidden.map(({ layer }) => kindOfInitializer(layer.getConfig().kernelInitializer)));
  return kinds.size === 1 && kinds.has('he') ? 'he' : 'glorot';
}

function kindOfInitializer(initializer: unknown): Initialisation {
  const { config } = initializer as { config?: { scale?: unknown; mode?: unknown } };
  return config?.scale === 2 && config.mode === 'fanIn' ? 'he' : 'glorot';
}

function refuseLayer(layer: Layer): never {
  return refuse(
    `The wasm engine has no layer ${layer.getClassName()} (${layer.name}); it has ${SUPPORTED_LAYERS}. ` +
      'The tfjs engine trains any layer',
  );
}

function refuse(message: string): never {
  throw new TuttiError('ERR_MODULE', message);
}
