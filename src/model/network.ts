// The shapes that follow from a spec and a task: layers with their inputs and units, parameter counts.
// Everything that must agree on them (engines, bundles, memory estimates) asks here.

import type { Task } from '../data/dataset/dataset.js';
import { failOption } from '../errors.js';
import { type ImageShape, imageFeatures } from './image.js';
import { headUnits } from './losses.js';
import type { Activation, EnsemblePlan, LayerSpec, MemberSpec, NetworkMemberSpec } from './spec.js';
import { type Extent, type Padding, type WindowGeometry, windowGeometry } from './windows.js';

/** What every layer has: numbers in, numbers out (units), and the activation of what comes out. */
interface Rows {
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
}

/** A dense layer: W is (inputs, units), the bias (units). */
export interface DenseShape extends Rows {
  readonly kind: 'dense';
}

/** A convolution: W is (channels × windowHeight × windowWidth, filters), the bias (filters); units ordered (filter, y, x). */
export interface ConvolutionShape extends Rows {
  readonly kind: 'conv2d';
  readonly filters: number;
  readonly geometry: WindowGeometry;
}

/** A pooling, without parameters; units ordered (channel, y, x). */
export interface PoolShape extends Rows {
  readonly kind: 'maxPool' | 'averagePool';
  readonly geometry: WindowGeometry;
}

export type LayerShape = DenseShape | ConvolutionShape | PoolShape;

/** Whether a member's spec, one of `plan.members`, is that of a network of the wasm engine: then it has layers. */
export function isNetwork(spec: MemberSpec): spec is NetworkMemberSpec {
  return spec.engine === 'wasm';
}

/** @throws ERR_OPTION when the member is no network of the wasm engine; what asks for one says so. */
export function requireNetwork(spec: MemberSpec, member: number): NetworkMemberSpec {
  if (isNetwork(spec)) return spec;
  const expected = 'networks of the wasm engine, for what only they have';
  return failOption('members', expected, `${spec.engine} as member ${member}`);
}

/** The members of a plan of networks. @throws ERR_OPTION when one is of another kind. */
export function networkSpecs({ members }: Pick<EnsemblePlan, 'members'>): readonly NetworkMemberSpec[] {
  return members.map(requireNetwork);
}

/** Features one member sees out of all. */
export function memberFeatures(spec: Pick<MemberSpec, 'featureShare'>, features: number): number {
  return Math.max(1, Math.round(spec.featureShare * features));
}

/**
 * The member's layers from input to output; the output layer is linear, its non-linearity belongs to the loss.
 * @throws ERR_OPTION when the features are no image of the stated size, or a layer does not fit its image.
 */
export function layerShapes(spec: NetworkMemberSpec, features: number, task: Task): readonly LayerShape[] {
  const { layers, image } = spec.network;
  requireImageSize(image, features);
  const shapes: LayerShape[] = [];
  let inputs = memberFeatures(spec, features);
  let below = image;
  for (const [index, layer] of layers.entries()) {
    const shape = shapeOf(layer, inputs, below, index);
    shapes.push(shape);
    inputs = shape.units;
    below = imageOf(shape);
  }
  shapes.push({ kind: 'dense', inputs, units: headUnits(spec.loss, task), activation: 'linear' });
  return shapes;
}

/** @throws ERR_OPTION when the features are no image of the stated size. */
export function requireImageSize(image: ImageShape | null, features: number): void {
  if (image === null || imageFeatures(image) === features) return;
  const { channels, height, width } = image;
  failOption('image', `channels × height × width of the ${features} features`, [channels, height, width]);
}

function shapeOf(layer: LayerSpec, inputs: number, image: ImageShape | null, index: number): LayerShape {
  switch (layer.kind) {
    case 'dense':
      return { kind: 'dense', inputs, units: layer.units, activation: layer.activation };
    case 'conv2d': {
      const { kind, filters, kernel, stride, padding, activation } = layer;
      const geometry = windowsOn(image, kernel, stride, padding, index);
      const units = filters * geometry.outHeight * geometry.outWidth;
      return { kind, inputs, units, activation, filters, geometry };
    }
    case 'maxPool':
    case 'averagePool': {
      const { kind, size, stride } = layer;
      const geometry = windowsOn(image, size, stride, 'valid', index);
      const units = geometry.channels * geometry.outHeight * geometry.outWidth;
      return { kind, inputs, units, activation: 'linear', geometry };
    }
    default:
      return layer satisfies never;
  }
}

/** The windows of layer `index` on the image below it, at least one. */
function windowsOn(
  image: ImageShape | null,
  window: Extent,
  stride: Extent,
  padding: Padding,
  index: number,
): WindowGeometry {
  const name = `layers[${index}]`;
  if (image === null) {
    const needed = index === 0 ? 'after `image` is given' : 'on an image, not after a dense layer';
    return failOption(name, `a convolution or pooling ${needed}`, `a window of ${window.join('×')}`);
  }
  const geometry = windowGeometry(image, window, stride, padding);
  if (geometry.outHeight === 0 || geometry.outWidth === 0) {
    const { height, width } = image;
    failOption(name, `a window within the ${height}×${width} pixels left there`, window.join('×'));
  }
  return geometry;
}

/** The image a layer puts out, or null when it is a vector. */
function imageOf(shape: LayerShape): ImageShape | null {
  if (shape.kind === 'dense') return null;
  const { channels, outHeight, outWidth } = shape.geometry;
  return { channels: shape.kind === 'conv2d' ? shape.filters : channels, height: outHeight, width: outWidth };
}

/** A layer's weight matrix: W (inputs, units) with a bias of `units`; a pooling has none, (0, 0). */
export interface WeightShape {
  readonly inputs: number;
  readonly units: number;
}

export function weightShape(shape: LayerShape): WeightShape {
  switch (shape.kind) {
    case 'dense':
      return { inputs: shape.inputs, units: shape.units };
    case 'conv2d': {
      const { channels, windowHeight, windowWidth } = shape.geometry;
      return { inputs: channels * windowHeight * windowWidth, units: shape.filters };
    }
    case 'maxPool':
    case 'averagePool':
      return { inputs: 0, units: 0 };
    default:
      return shape satisfies never;
  }
}

/** Length of a member's unpadded weights: Σ inputs × units + units of the weight matrices. */
export function parameterCount(shapes: readonly LayerShape[]): number {
  return shapes.map(weightShape).reduce((sum, { inputs, units }) => sum + inputs * units + units, 0);
}

/**
 * What prediction multiplies each unit by: element 0 for the inputs, f32[inputs], then one per hidden layer,
 * f32[units]. By the weight scaling rule, or one mask for all rows.
 */
export type UnitFactors = readonly Float32Array[];
