// What a kind of hidden layer is: how it is written, what its spec says, and the shapes that follow. How an engine
// computes it is the engine's: src/engines/wasm/operators.ts.

import { failOption } from '../errors.js';
import type * as Zod from '../zod.js';
import type { ImageShape } from './image.js';
import type { Activation } from './layer-types.js';
import { type Extent, type Padding, type WindowGeometry, windowGeometry } from './windows.js';

export const ACTIVATIONS = ['relu', 'leakyRelu', 'tanh', 'sigmoid', 'gelu', 'softplus', 'linear'] as const;

/** What every layer has: numbers in, numbers out (units), and the activation of what comes out. */
export interface Rows {
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
}

/** A layer's weight matrix: W (inputs, units) with a bias of `units`; a layer without has (0, 0). */
export interface WeightShape {
  readonly inputs: number;
  readonly units: number;
}

/** Where a layer stands: what it gets from below. */
export interface LayerPlace {
  readonly inputs: number;
  /** Null where it gets a vector. */
  readonly image: ImageShape | null;
  /** Of hidden layers, from 0. */
  readonly index: number;
}

export interface LayerKind<Written, Spec, Shape extends Rows> {
  /** What it looks like in words. */
  readonly example: string;
  /** Whether it has units of its own, and an activation, or hands on what is below. */
  readonly hasUnits: boolean;
  /** The fields of words, numbers as they are written; null for words of another kind. */
  read(words: string): object | null;
  resolve(layer: Written, activation: Activation): Spec;
  describe(layer: Spec): string;
  /** @throws ERR_OPTION where it does not fit what is below. */
  shape(layer: Spec, place: LayerPlace): Shape;
  weights(shape: Shape): WeightShape;
  /** Outputs that one input reaches. */
  fanOut(shape: Shape): number;
  /** The image that it puts out; null where it is a vector. */
  image(shape: Shape): ImageShape | null;
}

/** What a schema of layers is made with. */
export type SchemaMaker = typeof Zod;

/** As users write it: one number for both axes, or height and width. */
export function extentOption(z: SchemaMaker) {
  const count = z.int().min(1);
  return z.union([count, z.tuple([count, count])]);
}

export function pair(extent: number | Extent): Extent {
  return typeof extent === 'number' ? [extent, extent] : [extent[0], extent[1]];
}

/** In words, of one number or two; and of a stride. */
export const SIZE = '(\\d+)(?:[x×](\\d+))?';
export const STRIDE = `(?: stride ${SIZE})?`;

export function sizeOf(height: string | undefined, width: string | undefined): number[] | undefined {
  return height === undefined ? undefined : [Number(height), Number(width ?? height)];
}

/** ` stride 2x1`, or nothing for the usual one. */
export function strideWords(stride: Extent, usual: Extent): string {
  return stride[0] === usual[0] && stride[1] === usual[1] ? '' : ` stride ${stride.join('x')}`;
}

/** The windows on the image below, at least one. @throws ERR_OPTION */
export function windowsOn(
  { image, index }: LayerPlace,
  window: Extent,
  stride: Extent,
  padding: Padding,
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
