// What each kind of layer computes before its activation, as calls: forward, its transpose, and the gradients of its weights.
// Activations, masks and penalties belong to the stages of a network; this file only knows y = A(x) + b.
// To add a kind of layer: src/model/layers.ts, and its operator here.

import type { Operand } from '../../kernels/operand.js';
import type { ProgramBuilder } from '../../kernels/program-builder.js';
import {
  biasLengthFloats,
  layerNormScratchBytes,
  PANEL_UNITS,
  roundUp4,
  weightGradientScratchBytes,
} from '../../kernels/weight-layout.js';
import { windowWorkBytes } from '../../kernels/window-record.js';
import { LAYER_NORM_EPSILON } from '../../model/layer-norm-layer.js';
import type { ShapeOf, TrainedShape } from '../../model/layers.js';
import { embedding, factors } from './input-operators.js';
import type { Kind, Operator, OperatorKind, OperatorPlace } from './operator-kind.js';
import { type Block, PANEL_ROW_BYTES, panelStrideOf } from './panels.js';
import { own, shared } from './shared-operators.js';

const dense: OperatorKind<'dense'> = {
  scratchBytes({ units }, panels, mode) {
    const zeros = biasLengthFloats(units) * 4;
    return mode === 'train' ? Math.max(zeros, weightGradientScratchBytes(panels)) : zeros;
  },
  bind(calls, { shape: { inputs, units }, matrices, scratch }) {
    const w = matrices[0]!;
    // In one column panel rows that follow each other are a layer too. Whole vectors of rows, since what pads them is cleared.
    const inputGradientOf: Operator['inputGradientOf'] = (rows, dz, h, dx, panels) => {
      for (const { first, count } of rows) {
        const from = Math.max(0, first + count - roundUp4(count));
        const own = w + from * roundUp4(units) * 4;
        const [above, into] = [h, dx].map(({ address }) => address + from * PANEL_ROW_BYTES);
        const to = [above!, 1, into!, dx.stride] as const;
        calls.inputGradient(dz.address, dz.stride, panels, units, own, first + count - from, ...to);
      }
    };
    return {
      forward(x, out, panels, slope) {
        calls.forward(x.address, x.stride, panels, inputs, w, units, out.address, out.stride, slope);
      },
      forwardRow(x, out, slope) {
        calls.forwardRow(x.address, inputs, w, units, out.address, slope);
      },
      linear(x, out, panels) {
        calls.linear(x.address, x.stride, panels, inputs, w, units, out.address, out.stride, scratch);
      },
      inputGradient(dz, h, dx, panels, slope) {
        const to = [h.address, slope, dx.address, dx.stride] as const;
        calls.inputGradient(dz.address, dz.stride, panels, units, w, inputs, ...to);
      },
      ...(units > PANEL_UNITS ? {} : { inputGradientOf }),
      weightGradient(x, dz, panels, { matrix }) {
        const from = [x.address, x.stride, panels, inputs, dz.address, dz.stride] as const;
        calls.weightGradient(...from, units, w, scratch, matrix);
      },
    };
  },
};

const conv2d: OperatorKind<'conv2d'> = {
  scratchBytes: ({ geometry, filters }) => windowWorkBytes(geometry, filters),
  bind(calls, { shape: { geometry, filters }, matrices, scratch }) {
    const w = matrices[0]!;
    const windows = calls.windows(geometry);
    const convolve = (x: Block, out: Block, panels: Operand, hasBias: 0 | 1, slope: number) => {
      const to = [out.address, out.stride, slope, scratch] as const;
      calls.convolve(windows, x.address, x.stride, panels, w, filters, hasBias, ...to);
    };
    return {
      forward: (x, out, panels, slope) => convolve(x, out, panels, 1, slope),
      forwardRow: (x, out, slope) => convolve(x, out, 1, 1, slope),
      linear: (x, out, panels) => convolve(x, out, panels, 0, 1),
      inputGradient(dz, h, dx, panels, slope) {
        const to = [h.address, slope, dx.address, dx.stride, scratch] as const;
        calls.convolveInputGradient(windows, dz.address, dz.stride, panels, w, filters, ...to);
      },
      weightGradient(x, dz, panels, { matrix }) {
        const from = [x.address, x.stride, panels, dz.address, dz.stride] as const;
        calls.convolveWeightGradient(windows, ...from, w, filters, scratch, matrix);
      },
    };
  },
};

// Poolings take no slope of their own: their activation is linear.

const maxPool: OperatorKind<'maxPool'> = {
  scratchBytes: ({ geometry }) => windowWorkBytes(geometry, 0),
  // Which taps it took: i32 laid out like its output.
  keptBytes: ({ units }, panels) => panels * panelStrideOf(units),
  bind(calls, { shape: { geometry }, kept: choice, scratch }) {
    const windows = calls.windows(geometry);
    const forward = (x: Block, out: Block, panels: Operand) =>
      calls.maxPool(windows, x.address, x.stride, panels, out.address, out.stride, choice, scratch);
    return {
      forward,
      forwardRow: (x, out) => forward(x, out, 1),
      linear(x, out, panels) {
        const to = [out.address, out.stride, choice, scratch] as const;
        calls.maxPoolChosen(windows, x.address, x.stride, panels, ...to);
      },
      inputGradient(dz, _h, dx, panels, slope) {
        const to = [choice, slope, dx.address, dx.stride, scratch] as const;
        calls.maxPoolInputGradient(windows, dz.address, dz.stride, panels, ...to);
      },
      weightGradient() {},
    };
  },
};

const averagePool: OperatorKind<'averagePool'> = {
  scratchBytes: ({ geometry }) => windowWorkBytes(geometry, 0),
  bind(calls, { shape: { geometry }, scratch }) {
    const windows = calls.windows(geometry);
    const mean = (x: Block, out: Block, panels: Operand) =>
      calls.averagePool(windows, x.address, x.stride, panels, out.address, out.stride, scratch);
    return {
      forward: mean,
      forwardRow: (x, out) => mean(x, out, 1),
      linear: mean,
      inputGradient(dz, h, dx, panels, slope) {
        const to = [h.address, slope, dx.address, dx.stride, scratch] as const;
        calls.averagePoolInputGradient(windows, dz.address, dz.stride, panels, ...to);
      },
      weightGradient() {},
    };
  },
};

const layerNorm: OperatorKind<'layerNorm'> = {
  scratchBytes: ({ units }, _panels, mode) => (mode === 'train' ? layerNormScratchBytes(units) : 0),
  // Of each example the mean, then 1 / √(variance + ε).
  keptBytes: (_shape, panels) => panels * 64,
  bind(calls, { shape: { units }, matrices, kept, scratch }) {
    const w = matrices[0]!;
    const forward = (x: Block, out: Block, panels: Operand, slope: number) => {
      const to = [out.address, out.stride, slope, kept] as const;
      calls.layerNorm(x.address, x.stride, panels, units, w, LAYER_NORM_EPSILON, ...to);
    };
    return {
      forward,
      forwardRow: (x, out, slope) => forward(x, out, 1, slope),
      inputGradient(dz, h, dx, panels, slope) {
        const from = [dz.address, dz.stride, panels, units, w, h.address, h.stride, kept] as const;
        calls.layerNormInputGradient(...from, slope, dx.address, dx.stride);
      },
      weightGradient(x, dz, panels, { scale }) {
        const from = [x.address, x.stride, panels, units, dz.address, dz.stride, kept] as const;
        calls.layerNormWeightGradient(...from, w, scratch, scale);
      },
    };
  },
};

/** In place where the layer below lends its output: then there is its gradient too. */
const add: OperatorKind<'add'> = {
  scratchBytes: () => 0,
  bind(calls, { skipped }) {
    const forward = (x: Block, out: Block, panels: Operand) => {
      if (out.address !== x.address) calls.copy(x.address, out.address, out.stride, panels);
      calls.add(out.address, skipped!.address, out.stride, panels);
    };
    return {
      forward,
      forwardRow: (x, out) => forward(x, out, 1),
      inputGradient(dz, h, dx, panels, slope) {
        if (dx.address === dz.address) return;
        calls.copy(dz.address, dx.address, dx.stride, panels);
        if (slope !== 1) calls.multiplySlope(dx.address, h.address, slope, dx.stride, panels);
      },
      weightGradient() {},
    };
  },
};

const KINDS: { readonly [K in Kind]: OperatorKind<K> } = {
  ...{ dense, conv2d, maxPool, averagePool, layerNorm, add },
  ...{ embedding, factors },
  ...{ shared, own },
};

// A union of layers is taken apart by the kind that each names; these say so to the compiler.

function scratchAs<K extends Kind>(
  kind: K,
  shape: ShapeOf<K>,
  panels: number,
  mode: 'train' | 'predict',
): number {
  return KINDS[kind].scratchBytes(shape, panels, mode);
}

function keptAs<K extends Kind>(kind: K, shape: ShapeOf<K>, panels: number): number {
  return KINDS[kind].keptBytes?.(shape, panels) ?? 0;
}

function bindAs<K extends Kind>(
  kind: K,
  shape: ShapeOf<K>,
  calls: ProgramBuilder,
  place: OperatorPlace,
): Operator {
  const { matrices, kept, panels, skipped, scratch } = place;
  return KINDS[kind].bind(calls, { shape, matrices, kept, panels, skipped, scratch });
}

/** Bytes of scratch an operator needs; one region serves all operators of a network. */
export function operatorScratchBytes(shape: TrainedShape, panels: number, mode: 'train' | 'predict'): number {
  return scratchAs(shape.kind, shape, panels, mode);
}

/** Bytes that a layer keeps from a training's pass forward to the pass back, beside inputs and outputs. */
export function operatorKeptBytes(shape: TrainedShape, panels: number): number {
  return keptAs(shape.kind, shape, panels);
}

/** The operator of a stage. */
export function bindOperator(calls: ProgramBuilder, place: OperatorPlace): Operator {
  return bindAs(place.shape.kind, place.shape, calls, place);
}
