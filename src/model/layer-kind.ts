// What a kind of hidden layer is: how it is written, what its spec says, and the shapes that follow. How an engine
// computes it is the engine's: src/engines/wasm/operators.ts.

import { failOption } from '../errors.js';
import type { RandomStream } from '../math/random.js';
import type * as Zod from '../zod.js';
import type { ImageShape } from './image.js';
import type { Activation } from './layer-types.js';
import type { Initialisation } from './spec.js';
import { type Extent, type Padding, type WindowGeometry, windowGeometry } from './windows.js';

export const ACTIVATIONS = [
  ...(['relu', 'leakyRelu', 'tanh', 'sigmoid', 'gelu', 'softplus'] as const),
  ...(['selu', 'silu', 'mish', 'linear'] as const),
] as const;

/** What every layer has: numbers in, numbers out (units), and the activation of what comes out. */
export interface Rows {
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
}

/**
 * What weights are for, which says how they are updated. matrix: a linear map. scale: multiplies units, its bias shifts
 * them. embedding: rows that are looked up, or maps of single columns. constant: not trained at all.
 */
export type WeightRole = 'matrix' | 'scale' | 'embedding' | 'constant';

/** One of a layer's weight matrices: W (inputs, units), and a bias of `units` where it has one. */
export interface WeightShape {
  readonly inputs: number;
  readonly units: number;
  readonly role: WeightRole;
  readonly hasBias: boolean;
}

/** Numbers of a matrix with its bias, in the canonical vector of parameters. */
export function weightCount({ inputs, units, hasBias }: WeightShape): number {
  return inputs * units + (hasBias ? units : 0);
}

/** What initial values are made with. */
export interface InitialDraw {
  readonly init: Initialisation;
  /** The member's stream; layers draw from it in their order. */
  readonly random: RandomStream;
  /** The rows that the member is fitted to; null where nobody has them. */
  readonly rows: InitialRows | null;
}

/** Rows as a member sees them. */
export interface InitialRows {
  readonly count: number;
  /** Encoded values of one of the member's features, f32[⌈count / step⌉]: each step-th, in the order of its resample, with repetitions. */
  values(feature: number, step: number): Float32Array<ArrayBuffer>;
}

/** Where a layer stands: what it gets from below. */
export interface LayerPlace {
  readonly inputs: number;
  /** Null where it gets a vector. */
  readonly image: ImageShape | null;
  /** Of hidden layers, from 0. */
  readonly index: number;
  /** The hidden layers below it, from the first. */
  readonly below: readonly Rows[];
}

/** What follows from a layer's shape, whether a user writes such layers or not. */
export interface ShapeKind<Shape extends Rows> {
  /** Its matrices, in the order of the canonical vector: of each W, then the bias. */
  weights(shape: Shape): readonly WeightShape[];
  /** Outputs that one input reaches. */
  fanOut(shape: Shape): number;
  /**
   * Writes initial values into `parameters`, which are zeros, in canonical order. Absent: every W is drawn by the
   * member's `init`, one word of the stream per weight.
   */
  initial?(shape: Shape, parameters: Float32Array, draw: InitialDraw): void;
  /** The image that it puts out; null where it is a vector. */
  image(shape: Shape): ImageShape | null;
}

export interface LayerKind<Written, Spec, Shape extends Rows> extends ShapeKind<Shape> {
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
