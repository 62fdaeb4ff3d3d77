// Layers of submodels that share weights, as calls. A panel belongs to the submodel of its number, so that one product with
// W serves them all; what each has of its own is applied before and behind it.

import type { Operand } from '../../kernels/operand.js';
import { biasLengthFloats, weightGradientScratchBytes } from '../../kernels/weight-layout.js';
import { type SharedShape, sharedMatrices } from '../../model/shared-layer.js';
import { tableWidth } from '../../model/submodel-masks.js';
import type { OperatorKind } from './operator-kind.js';
import { type Block, panelStrideOf } from './panels.js';
import { STEP } from './step-block.js';

/** Bytes that `submodelGradients` needs, beside others' scratch. */
const OCTETS_BYTES = 128;

/** What a shared layer keeps from its pass forward to the pass back, and where the gradients of its tables go. */
function keptOf(shape: SharedShape, panels: number) {
  const { inputs, units, submodels, inputFactors, outputFactors, ownBias, repeats } = shape;
  let bytes = 0;
  const take = (wanted: boolean, length: number) => {
    const at = bytes;
    if (wanted) bytes += length;
    return wanted ? at : -1;
  };
  const scales = inputFactors !== 'none' || repeats;
  const shifts = outputFactors !== 'none' || ownBias;
  const inputBlock = panels * panelStrideOf(inputs);
  const table = (rows: number) => submodels * tableWidth(rows) * 4;
  return {
    /** The scaled copies of the input, and their gradient. */
    scaled: take(scales, inputBlock),
    scaledGradient: take(scales, inputBlock),
    /** The product with W, and its gradient: that of the output may be wanted elsewhere. */
    product: take(shifts, panels * panelStrideOf(units)),
    productGradient: take(outputFactors !== 'none', panels * panelStrideOf(units)),
    inputGradients: take(inputFactors !== 'none' && inputFactors !== 'masks', table(inputs)),
    outputGradients: take(outputFactors !== 'none', table(units)),
    biasGradients: take(ownBias, table(units)),
    bytes,
  };
}

export const shared: OperatorKind<'shared'> = {
  scratchBytes: ({ units }, panels) =>
    Math.max(biasLengthFloats(units) * 4, weightGradientScratchBytes(panels), OCTETS_BYTES),
  keptBytes: (shape, panels) => keptOf(shape, panels).bytes,
  bind(calls, { shape, matrices, kept, panels: most, scratch }) {
    const { inputs, units, submodels: k, repeats, isFirst } = shape;
    const places = keptOf(shape, most);
    const at = (place: number) => (place < 0 ? 0 : kept + place);
    const addresses = sharedMatrices(shape);
    const matrix = (place: number) => (place < 0 ? 0 : matrices[place]!);
    const w = matrices[0]!;
    const [r, s, b] = [addresses.inputFactors, addresses.outputFactors, addresses.biases].map(matrix) as [
      number,
      number,
      number,
    ];
    const inputStride = panelStrideOf(inputs);
    const scaled: Block = { address: at(places.scaled), stride: inputStride };
    const scaledGradient: Block = { address: at(places.scaledGradient), stride: inputStride };
    const product: Block = { address: at(places.product), stride: panelStrideOf(units) };
    const productGradient: Block = { address: at(places.productGradient), stride: product.stride };
    const gradients = {
      inputs: at(places.inputGradients),
      outputs: at(places.outputGradients),
      biases: at(places.biasGradients),
    };
    const isRepeated = repeats ? 1 : 0;
    const scales = scaled.address !== 0;
    const shifts = product.address !== 0;
    const inputOf = (x: Block) => (scales ? scaled : x);
    const gradientOf = (dz: Block) => (s === 0 ? dz : productGradient);

    /** The gradients of the product, of the scaled copies of the input and of what is the submodels' own. */
    const prepare = (x: Block, dz: Block, panels: Operand) => {
      const { address, stride } = gradientOf(dz);
      if (shifts) {
        const from = [product.address, product.stride, 0, gradients.outputs, gradients.biases] as const;
        calls.submodelGradients(dz.address, dz.stride, panels, units, k, ...from, scratch);
      }
      if (s !== 0)
        calls.scaleSubmodelsGradient(dz.address, dz.stride, panels, units, k, 0, s, 0, 1, address, stride);
      if (!scales || (isFirst && gradients.inputs === 0)) return;
      const to = [scaledGradient.address, scaledGradient.stride] as const;
      calls.inputGradient(address, stride, panels, units, w, inputs, 0, 1, ...to);
      if (gradients.inputs === 0) return;
      const from = [x.address, x.stride, isRepeated, gradients.inputs, 0] as const;
      calls.submodelGradients(...to, panels, inputs, k, ...from, scratch);
    };
    return {
      forward(x, out, panels, slope) {
        const { address, stride } = inputOf(x);
        if (scales) {
          const from = [x.address, x.stride, isRepeated, panels, inputs, k] as const;
          calls.scaleSubmodels(...from, r, 0, address, stride, 1);
        }
        if (!shifts) {
          calls.forward(address, stride, panels, inputs, w, units, out.address, out.stride, slope);
          return;
        }
        const to = [product.address, product.stride] as const;
        calls.linear(address, stride, panels, inputs, w, units, ...to, scratch);
        calls.scaleSubmodels(...to, 0, panels, units, k, s, b, out.address, out.stride, slope);
      },
      forwardRow() {
        throw new TypeError('Submodels that share weights predict as networks of their own');
      },
      inputGradient(dz, h, dx, panels, slope) {
        prepare(h, dz, panels);
        const to = [h.address, slope, dx.address, dx.stride] as const;
        if (!scales) {
          const product = gradientOf(dz);
          calls.inputGradient(product.address, product.stride, panels, units, w, inputs, ...to);
          return;
        }
        const from = [scaledGradient.address, scaledGradient.stride] as const;
        const below = repeats ? STEP.panels : panels;
        calls.scaleSubmodelsGradient(...from, below, inputs, k, isRepeated, r, ...to);
      },
      weightGradient(x, dz, panels, updates) {
        if (isFirst) prepare(x, dz, panels);
        const { address, stride } = inputOf(x);
        const product = gradientOf(dz);
        const from = [address, stride, panels, inputs, product.address, product.stride] as const;
        calls.weightGradient(...from, units, w, scratch, updates.matrix);
        const apply = (table: number, gradient: number, rows: number) => {
          if (gradient !== 0) calls.applyUpdate(table, gradient, k * tableWidth(rows), 0, updates.scale);
        };
        apply(r, gradients.inputs, inputs);
        apply(s, gradients.outputs, units);
        apply(b, gradients.biases, units);
      },
    };
  },
};

/** Every submodel's part of a block of panels. */
function partOf({ address, stride }: Block, submodel: number, submodels: number): Block {
  return { address: address === 0 ? 0 : address + submodel * stride, stride: stride * submodels };
}

export const own: OperatorKind<'own'> = {
  scratchBytes: (_shape, panels) => weightGradientScratchBytes(panels),
  // The gradients of the copies of an input that is there once.
  keptBytes: ({ inputs, repeats, isFirst }, panels) =>
    repeats && !isFirst ? panels * panelStrideOf(inputs) : 0,
  bind(calls, { shape, matrices, kept, scratch }) {
    const { inputs, units, submodels: k, repeats } = shape;
    const each = (visit: (w: number, submodel: number) => void) => {
      for (const [submodel, w] of matrices.entries()) visit(w, submodel);
    };
    const inputOf = (x: Block, submodel: number) => (repeats ? x : partOf(x, submodel, k));
    const { panels } = STEP;
    return {
      forward(x, out, _all, slope) {
        each((w, submodel) => {
          const [from, to] = [inputOf(x, submodel), partOf(out, submodel, k)];
          calls.forward(from.address, from.stride, panels, inputs, w, units, to.address, to.stride, slope);
        });
      },
      forwardRow() {
        throw new TypeError('Submodels that share weights predict as networks of their own');
      },
      inputGradient(dz, h, dx, _all, slope) {
        const copies: Block = { address: kept, stride: panelStrideOf(inputs) };
        each((w, submodel) => {
          const from = partOf(dz, submodel, k);
          const to = partOf(repeats ? copies : dx, submodel, k);
          const gate = repeats ? ([0, 1] as const) : ([partOf(h, submodel, k).address, slope] as const);
          calls.inputGradient(
            from.address,
            from.stride,
            panels,
            units,
            w,
            inputs,
            ...gate,
            to.address,
            to.stride,
          );
        });
        if (!repeats) return;
        const to = [h.address, slope, dx.address, dx.stride] as const;
        calls.scaleSubmodelsGradient(copies.address, copies.stride, panels, inputs, k, 1, 0, ...to);
      },
      weightGradient(x, dz, _all, { matrix }) {
        each((w, submodel) => {
          const [from, gradient] = [inputOf(x, submodel), partOf(dz, submodel, k)];
          const both = [
            from.address,
            from.stride,
            panels,
            inputs,
            gradient.address,
            gradient.stride,
          ] as const;
          calls.weightGradient(...both, units, w, scratch, matrix);
        });
      },
    };
  },
};
