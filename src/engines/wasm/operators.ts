// The linear part of each kind of layer as kernel calls: forward, its transpose, and its weight gradient.
// Activations, masks and penalties belong to the stages of a program; this file only knows y = A(x) + b.
// To add a kind of layer: src/model/layers.ts, and its operator here.

import type { Kernels } from '../../kernels/kernels.js';
import { biasLengthFloats, weightGradientScratchBytes } from '../../kernels/weight-layout.js';
import { windowScratchBytes } from '../../kernels/window-kernels.js';
import type { ConvolutionShape } from '../../model/convolution-layer.js';
import type { DenseShape } from '../../model/dense-layer.js';
import type { LayerShape } from '../../model/layers.js';
import type { PoolShape } from '../../model/pool-layers.js';
import type { Block } from './panels.js';

/** The linear part of a layer with its parameters at a fixed address. Max pooling is linear where it stands. */
export interface Operator {
  /** out = max(z, slope·z) with z = A(x) + b. */
  forward(x: Block, out: Block, panels: number, slope: number): void;
  /** As `forward`, of one example in lane 0 of a panel; what the other lanes of `out` become does not matter. */
  forwardRow(x: Block, out: Block, slope: number): void;
  /** out = A(x), without b: what a tangent becomes. Max pooling takes the taps of its last `forward`. */
  linear(x: Block, out: Block, panels: number): void;
  /** dx = Aᵀ(dz) ⊙ (h > 0 ? 1 : slope); h, the layer's input, is not read when slope is 1. */
  inputGradient(dz: Block, h: Block, dx: Block, panels: number, slope: number): void;
  /** Hands the gradient of the parameters to the update block, which stores, accumulates or applies it. */
  weightGradient(x: Block, dz: Block, panels: number, updateBlock: number): void;
}

/** What a stage of a program gives its operator. */
export interface OperatorPlace {
  readonly shape: LayerShape;
  readonly weights: number;
  /** Max pooling: which taps it took, i32 laid out like its output; 0 in a program that only predicts. */
  readonly choice: number;
}

/** Bytes of scratch an operator needs; one region serves all operators of a program. */
export function operatorScratchBytes(shape: LayerShape, panels: number, mode: 'train' | 'predict'): number {
  switch (shape.kind) {
    case 'dense': {
      const zeros = biasLengthFloats(shape.units) * 4;
      return mode === 'train' ? Math.max(zeros, weightGradientScratchBytes(panels)) : zeros;
    }
    case 'conv2d':
      return windowScratchBytes(shape.geometry, shape.filters);
    case 'maxPool':
    case 'averagePool':
      return windowScratchBytes(shape.geometry, 0);
    default:
      return shape satisfies never;
  }
}

/** Whether training keeps which taps a layer took. */
export function keepsChoice({ kind }: LayerShape): boolean {
  return kind === 'maxPool';
}

/** The operator of a stage. */
export function createOperator(kernels: Kernels, place: OperatorPlace, scratch: number): Operator {
  const { shape, weights, choice } = place;
  switch (shape.kind) {
    case 'dense':
      return denseOperator(kernels, shape, weights, scratch);
    case 'conv2d':
      return convolutionOperator(kernels, shape, weights, scratch);
    case 'maxPool':
      return maxPoolOperator(kernels, shape, choice, scratch);
    case 'averagePool':
      return averagePoolOperator(kernels, shape, scratch);
    default:
      return shape satisfies never;
  }
}

function denseOperator(kernels: Kernels, shape: DenseShape, w: number, scratch: number): Operator {
  const { inputs, units } = shape;
  return {
    forward(x, out, panels, slope) {
      kernels.forward(x.address, x.stride, panels, inputs, w, units, out.address, out.stride, slope);
    },
    forwardRow(x, out, slope) {
      kernels.forwardRow(x.address, inputs, w, units, out.address, slope);
    },
    linear(x, out, panels) {
      kernels.linear(x.address, x.stride, panels, inputs, w, units, out.address, out.stride, scratch);
    },
    // Written out in full: a list of arguments costs more than what a small layer has to compute.
    inputGradient(dz, h, dx, panels, slope) {
      const { address: z, stride: zs } = dz;
      kernels.inputGradient(z, zs, panels, units, w, inputs, h.address, slope, dx.address, dx.stride);
    },
    weightGradient(x, dz, panels, updateBlock) {
      const { address: z, stride: zs } = dz;
      kernels.weightGradient(x.address, x.stride, panels, inputs, z, zs, units, w, scratch, updateBlock);
    },
  };
}

function convolutionOperator(
  kernels: Kernels,
  { geometry, filters }: ConvolutionShape,
  w: number,
  scratch: number,
): Operator {
  const forward = (x: Block, out: Block, panels: number, slope: number) => {
    const to = [out.address, out.stride, slope, scratch] as const;
    kernels.convolve(geometry, x.address, x.stride, panels, w, filters, true, ...to);
  };
  return {
    forward,
    forwardRow: (x, out, slope) => forward(x, out, 1, slope),
    linear(x, out, panels) {
      const to = [out.address, out.stride, 1, scratch] as const;
      kernels.convolve(geometry, x.address, x.stride, panels, w, filters, false, ...to);
    },
    inputGradient(dz, h, dx, panels, slope) {
      const to = [h.address, slope, dx.address, dx.stride, scratch] as const;
      kernels.convolveInputGradient(geometry, dz.address, dz.stride, panels, w, filters, ...to);
    },
    weightGradient(x, dz, panels, updateBlock) {
      const from = [x.address, x.stride, panels, dz.address, dz.stride] as const;
      kernels.convolveWeightGradient(geometry, ...from, w, filters, scratch, updateBlock);
    },
  };
}

// Poolings take no slope of their own: their activation is linear.

function maxPoolOperator(
  kernels: Kernels,
  { geometry }: PoolShape,
  choice: number,
  scratch: number,
): Operator {
  const forward = (x: Block, out: Block, panels: number) =>
    kernels.maxPool(geometry, x.address, x.stride, panels, out.address, out.stride, choice, scratch);
  return {
    forward,
    forwardRow: (x, out) => forward(x, out, 1),
    linear(x, out, panels) {
      kernels.maxPoolChosen(geometry, x.address, x.stride, panels, out.address, out.stride, choice, scratch);
    },
    inputGradient(dz, _h, dx, panels, slope) {
      const to = [choice, slope, dx.address, dx.stride, scratch] as const;
      kernels.maxPoolInputGradient(geometry, dz.address, dz.stride, panels, ...to);
    },
    weightGradient() {},
  };
}

function averagePoolOperator(kernels: Kernels, { geometry }: PoolShape, scratch: number): Operator {
  const mean = (x: Block, out: Block, panels: number) =>
    kernels.averagePool(geometry, x.address, x.stride, panels, out.address, out.stride, scratch);
  return {
    forward: mean,
    forwardRow: (x, out) => mean(x, out, 1),
    linear: mean,
    inputGradient(dz, h, dx, panels, slope) {
      const to = [h.address, slope, dx.address, dx.stride, scratch] as const;
      kernels.averagePoolInputGradient(geometry, dz.address, dz.stride, panels, ...to);
    },
    weightGradient() {},
  };
}
