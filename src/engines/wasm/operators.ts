// The linear part of each kind of layer as kernel calls: forward, its transpose, and its weight gradient.
// Activations, masks and penalties belong to the stages of a program; this file only knows y = A(x) + b.
// To add a kind of layer: its spec, its shape in src/model/network.ts, and its operator here.

import type { Kernels } from '../../kernels/kernels.js';
import type { LayerShape } from '../../model/network.js';

/** A region of batch panels: where panel 0 starts and the bytes from one panel to the next. */
export interface Block {
  readonly address: number;
  readonly stride: number;
}

/** The linear part of a layer with its parameters at a fixed address. */
export interface Operator {
  /** out = max(z, slope·z) with z = A(x) + b. */
  forward(x: Block, out: Block, panels: number, slope: number): void;
  /** dx = Aᵀ(dz) ⊙ (h > 0 ? 1 : slope); h, the layer's input, is not read when slope is 1. */
  inputGradient(dz: Block, h: Block, dx: Block, panels: number, slope: number): void;
  /** Hands the gradient of the parameters to the update block, which stores, accumulates or applies it. */
  weightGradient(x: Block, dz: Block, panels: number, scratch: number, updateBlock: number): void;
}

/** The operator of a layer whose parameters lie at `weights`. */
export function createOperator(kernels: Kernels, shape: LayerShape, weights: number): Operator {
  return denseOperator(kernels, shape, weights);
}

function denseOperator(kernels: Kernels, { inputs, units }: LayerShape, weights: number): Operator {
  return {
    forward(x, out, panels, slope) {
      kernels.forward(x.address, x.stride, panels, inputs, weights, units, out.address, out.stride, slope);
    },
    inputGradient(dz, h, dx, panels, slope) {
      kernels.inputGradient(
        dz.address,
        dz.stride,
        panels,
        units,
        weights,
        inputs,
        h.address,
        slope,
        dx.address,
        dx.stride,
      );
    },
    weightGradient(x, dz, panels, scratch, updateBlock) {
      kernels.weightGradient(
        x.address,
        x.stride,
        panels,
        inputs,
        dz.address,
        dz.stride,
        units,
        weights,
        scratch,
        updateBlock,
      );
    },
  };
}
