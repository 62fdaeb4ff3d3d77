// Hidden layers as types: as a user writes them, and as plain data of a spec. Types alone, since the public declarations
// hold them; what is done with each kind is in a file of its own, listed in layers.ts.

import type { Extent, Padding } from './windows.js';

export type Activation =
  | 'relu'
  | 'leakyRelu'
  | 'tanh'
  | 'sigmoid'
  | 'gelu'
  | 'softplus'
  | 'selu'
  | 'silu'
  | 'mish'
  | 'linear';

/** A fully connected layer, h = activation(x W + b) with x (batch, inputs) and W (inputs, units). */
export interface DenseLayer {
  readonly kind: 'dense';
  readonly units: number;
  readonly activation: Activation;
}

export interface DenseOption {
  readonly kind: 'dense';
  readonly units: number;
  readonly activation?: Activation | undefined;
}

/**
 * A convolution with weights shared by all places of an image: h(f, y, x) = activation(b(f) + Σ W(c, ky, kx; f)
 * x(c, y·stride + ky, x·stride + kx)).
 * **Source:** Goodfellow, Bengio and Courville (2016), Deep Learning, 7.9 and 9.1.
 */
export interface ConvolutionLayer {
  readonly kind: 'conv2d';
  /** Channels of the image it puts out. */
  readonly filters: number;
  readonly kernel: Extent;
  readonly stride: Extent;
  readonly padding: Padding;
  readonly activation: Activation;
}

export interface ConvolutionOption {
  readonly kind: 'conv2d';
  readonly filters: number;
  /** One number for both axes, or height and width. */
  readonly kernel: number | Extent;
  /** @default 1 */
  readonly stride?: number | Extent | undefined;
  /** @default 'valid' */
  readonly padding?: Padding | undefined;
  /** @default the option `activation` */
  readonly activation?: Activation | undefined;
}

/** The largest or the mean value of windows inside the image, channel by channel. */
export interface PoolLayer {
  readonly kind: 'maxPool' | 'averagePool';
  readonly size: Extent;
  readonly stride: Extent;
}

export interface PoolOption {
  readonly kind: 'maxPool' | 'averagePool';
  readonly size: number | Extent;
  /** @default the size */
  readonly stride?: number | Extent | undefined;
}

/**
 * Layer normalisation of what is below, each row by itself: h = activation(gain ⊙ (x − mean) / √(variance + 10⁻⁵) + shift), mean and
 * variance over the units, gain and shift learnt.
 * **Source:** Ba, Kiros and Hinton (2016), Layer normalization.
 */
export interface LayerNormLayer {
  readonly kind: 'layerNorm';
  readonly activation: Activation;
}

export interface LayerNormOption {
  readonly kind: 'layerNorm';
  /** @default 'linear' */
  readonly activation?: Activation | undefined;
}

/**
 * The end of a skip connection: what is below plus what went into the `skip` layers before this one.
 * **Source:** He et al. (2016), Deep residual learning for image recognition.
 */
export interface AddLayer {
  readonly kind: 'add';
  readonly skip: number;
}

/**
 * A residual block, x + W₂ activation(W₁ norm(x)) with x of `units`, for which stand a layer normalisation, two dense layers and an
 * add; where the layer below has another number of units, or there is none, a linear dense layer before them.
 */
export interface ResidualOption {
  readonly kind: 'residual';
  readonly units: number;
  /** Units of its hidden layer. @default units */
  readonly hidden?: number | undefined;
  /** @default the option `activation` */
  readonly activation?: Activation | undefined;
}

/** A hidden layer of a network; the output layer follows from the loss and the task. */
export type LayerSpec = DenseLayer | ConvolutionLayer | PoolLayer | LayerNormLayer | AddLayer;

/**
 * A hidden layer: an object, or in words: `conv 8@3x3`, `conv 16@5 stride 2 same tanh`, `maxpool 2`,
 * `avgpool 3x3 stride 2`, `dense 64`, `residual 64`, `norm relu`, `add 2`, several separated by commas. Convolutions have stride 1 and padding valid,
 * poolings a stride of their size, unless they say otherwise.
 */
export type LayerOption =
  | string
  | DenseOption
  | ConvolutionOption
  | PoolOption
  | LayerNormOption
  | AddLayer
  | ResidualOption;

/** `8x8`, `3x32x32`, or the numbers: height and width, or channels, height and width. */
export type ImageOption = string | readonly number[];

/**
 * What prediction multiplies each unit by: element 0 for the inputs, f32[inputs], then one per hidden layer,
 * f32[units]. By the weight scaling rule, or one mask for all rows.
 */
export type UnitFactors = readonly Float32Array[];
