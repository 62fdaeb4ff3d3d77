// What of memory each operation touches, as a function of its arguments: what programs are validated against, because
// native operations check nothing. Of addresses that are 0 where that stands for nothing, nothing is touched.

import type { WindowGeometry } from '../model/windows.js';
import { EMBEDDING_EXTENTS } from './extents-embedding.js';
import { NORMALISATION_EXTENTS } from './extents-normalisation.js';
import { block, type ExtentsOf, type Touched } from './extents-of.js';
import type { OperationName } from './operations.js';
import {
  layerLengthFloats,
  orthogonaliseScratchBytes,
  roundUp4,
  weightGradientScratchBytes,
  weightLengthFloats,
} from './weight-layout.js';
import { windowWorkBytes } from './window-record.js';

/** Extents of whatever operation. A method's type, so that whoever has values in the table's order may call any. */
type AnyExtents = {
  of(t: Touched, ...values: readonly (number | WindowGeometry)[]): void;
}['of'];

function panelsOf(count: number): number {
  return Math.ceil(count / 8);
}

function weights(inputs: number, units: number): number {
  return layerLengthFloats(inputs, units) * 4;
}

function pixels({ channels, height, width }: WindowGeometry): number {
  return channels * height * width;
}

function taps({ channels, windowHeight, windowWidth }: WindowGeometry): number {
  return channels * windowHeight * windowWidth;
}

function outputs(channels: number, { outHeight, outWidth }: WindowGeometry): number {
  return channels * outHeight * outWidth;
}

/** Bytes of a number for each row of each submodel. */
function table(submodels: number, rows: number): number {
  return submodels * roundUp4(rows) * 4;
}

const perturb: ExtentsOf<'perturbMax'> = (
  t,
  x,
  origin,
  gradient,
  stride,
  panels,
  rows,
  radius,
  low,
  high,
) => {
  t.writes('x', x, block(panels, stride, rows));
  t.reads('origin', origin, block(panels, stride, rows));
  t.reads('gradient', gradient, block(panels, stride, rows));
  t.reads('radius', radius, rows * 4);
  t.reads('low', low, rows * 4);
  t.reads('high', high, rows * 4);
};

/** What losses of `rows` raw outputs have in common. */
function loss(
  t: Touched,
  z: number,
  stride: number,
  panels: number,
  rows: number,
  rowWeights: number,
  dz: number,
) {
  t.reads('z', z, block(panels, stride, rows));
  t.reads('rowWeights', rowWeights, panels * 32);
  t.writes('dz', dz, block(panels, stride, rows));
}

const BY_NAME: { readonly [N in OperationName]: ExtentsOf<N> } = {
  // Batches. How many rows there are is not known here: no more than the first is touched.
  gatherRows(t, x, xStride, indices, count, features, out, outStride) {
    t.reads('x', x, xStride);
    t.reads('indices', indices, count * 4);
    t.writes('out', out, block(panelsOf(count), outStride, features));
  },
  gatherColumns(t, x, xStride, indices, count, columns, features, out, outStride) {
    t.reads('x', x, xStride);
    t.reads('indices', indices, count * 4);
    t.reads('columns', columns, features * 4);
    t.writes('out', out, block(panelsOf(count), outStride, features));
  },
  gatherLabels(t, labels, indices, count, out) {
    t.reads('labels', labels, 4);
    t.reads('indices', indices, count * 4);
    t.writes('out', out, panelsOf(count) * 32);
  },
  gatherWeights(t, rowWeights, indices, count, _scale, out) {
    t.reads('rowWeights', rowWeights, 4);
    t.reads('indices', indices, count * 4);
    t.writes('out', out, panelsOf(count) * 32);
  },
  shuffle(t, indices, count) {
    t.writes('indices', indices, count * 4);
  },
  copy(t, input, out, stride, panels) {
    t.reads('input', input, stride * panels);
    t.writes('out', out, stride * panels);
  },
  clear(t, out, stride, panels) {
    t.writes('out', out, stride * panels);
  },

  // Dense layers
  forward(t, x, xStride, panels, inputs, w, units, out, outStride) {
    t.reads('x', x, block(panels, xStride, inputs));
    t.reads('w', w, weights(inputs, units));
    t.writes('out', out, block(panels, outStride, units));
  },
  forwardRow(t, x, inputs, w, units, out) {
    t.reads('x', x, block(1, 0, inputs));
    t.reads('w', w, weights(inputs, units));
    t.writes('out', out, block(1, 0, units));
  },
  linear(t, x, xStride, panels, inputs, w, units, out, outStride, scratch) {
    t.reads('x', x, block(panels, xStride, inputs));
    t.reads('w', w, weights(inputs, units));
    t.writes('out', out, block(panels, outStride, units));
    t.writes('scratch', scratch, roundUp4(units) * 4);
  },
  inputGradient(t, dz, dzStride, panels, units, w, inputs, h, _slope, dx, dxStride) {
    t.reads('dz', dz, block(panels, dzStride, units));
    t.reads('w', w, weights(inputs, units));
    t.reads('h', h, block(panels, dxStride, inputs));
    t.writes('dx', dx, block(panels, dxStride, inputs));
  },
  weightGradient(t, x, xStride, panels, inputs, dz, dzStride, units, w, scratch, update) {
    t.reads('x', x, block(panels, xStride, inputs));
    t.reads('dz', dz, block(panels, dzStride, units));
    t.updates(w, weights(inputs, units), update);
    t.writes('scratch', scratch, weightGradientScratchBytes(panels));
  },

  // Layers over windows
  convolve(t, windows, x, xStride, panels, w, filters, _hasBias, out, outStride, _slope, scratch) {
    t.reads('x', x, block(panels, xStride, pixels(windows)));
    t.reads('w', w, weights(taps(windows), filters));
    t.writes('out', out, block(panels, outStride, outputs(filters, windows)));
    t.writes('scratch', scratch, windowWorkBytes(windows, filters));
  },
  convolveInputGradient(t, windows, dz, dzStride, panels, w, filters, h, _slope, dx, dxStride, scratch) {
    t.reads('dz', dz, block(panels, dzStride, outputs(filters, windows)));
    t.reads('w', w, weights(taps(windows), filters));
    t.reads('h', h, block(panels, dxStride, pixels(windows)));
    t.writes('dx', dx, block(panels, dxStride, pixels(windows)));
    t.writes('scratch', scratch, windowWorkBytes(windows, filters));
  },
  convolveWeightGradient(t, windows, x, xStride, panels, dz, dzStride, w, filters, scratch, update) {
    t.reads('x', x, block(panels, xStride, pixels(windows)));
    t.reads('dz', dz, block(panels, dzStride, outputs(filters, windows)));
    t.updates(w, weights(taps(windows), filters), update);
    t.writes('scratch', scratch, windowWorkBytes(windows, filters));
  },
  maxPool(t, windows, x, xStride, panels, out, outStride, choice, scratch) {
    t.reads('x', x, block(panels, xStride, pixels(windows)));
    t.writes('out', out, block(panels, outStride, outputs(windows.channels, windows)));
    t.writes('choice', choice, block(panels, outStride, outputs(windows.channels, windows)));
    t.writes('scratch', scratch, windowWorkBytes(windows, 0));
  },
  maxPoolChosen(t, windows, x, xStride, panels, out, outStride, choice, scratch) {
    t.reads('x', x, block(panels, xStride, pixels(windows)));
    t.writes('out', out, block(panels, outStride, outputs(windows.channels, windows)));
    t.reads('choice', choice, block(panels, outStride, outputs(windows.channels, windows)));
    t.writes('scratch', scratch, windowWorkBytes(windows, 0));
  },
  maxPoolInputGradient(t, windows, dz, dzStride, panels, choice, _slope, dx, dxStride, scratch) {
    t.reads('dz', dz, block(panels, dzStride, outputs(windows.channels, windows)));
    t.reads('choice', choice, block(panels, dzStride, outputs(windows.channels, windows)));
    t.writes('dx', dx, block(panels, dxStride, pixels(windows)));
    t.writes('scratch', scratch, windowWorkBytes(windows, 0));
  },
  averagePool(t, windows, x, xStride, panels, out, outStride, scratch) {
    t.reads('x', x, block(panels, xStride, pixels(windows)));
    t.writes('out', out, block(panels, outStride, outputs(windows.channels, windows)));
    t.writes('scratch', scratch, windowWorkBytes(windows, 0));
  },
  averagePoolInputGradient(t, windows, dz, dzStride, panels, h, _slope, dx, dxStride, scratch) {
    t.reads('dz', dz, block(panels, dzStride, outputs(windows.channels, windows)));
    t.reads('h', h, block(panels, dxStride, pixels(windows)));
    t.writes('dx', dx, block(panels, dxStride, pixels(windows)));
    t.writes('scratch', scratch, windowWorkBytes(windows, 0));
  },

  ...EMBEDDING_EXTENTS,

  ...NORMALISATION_EXTENTS,

  // Activations
  activate(t, _activation, h, derivative, stride, panels) {
    t.writes('h', h, stride * panels);
    t.writes('derivative', derivative, stride * panels);
  },
  secondDerivative(t, _activation, z, out, stride, panels) {
    t.reads('z', z, stride * panels);
    t.writes('out', out, stride * panels);
  },
  multiply(t, a, b, stride, panels) {
    t.writes('a', a, stride * panels);
    t.reads('b', b, stride * panels);
  },
  multiplySlope(t, a, h, _slope, stride, panels) {
    t.writes('a', a, stride * panels);
    t.reads('h', h, stride * panels);
  },
  product(t, a, b, out, stride, panels) {
    t.reads('a', a, stride * panels);
    t.reads('b', b, stride * panels);
    t.writes('out', out, stride * panels);
  },
  add(t, a, b, stride, panels) {
    t.writes('a', a, stride * panels);
    t.reads('b', b, stride * panels);
  },
  addProduct(t, sum, a, b, c, stride, panels) {
    t.writes('sum', sum, stride * panels);
    t.reads('a', a, stride * panels);
    t.reads('b', b, stride * panels);
    t.reads('c', c, stride * panels);
  },
  addActivityGradient(t, dh, h, stride, panels, rows, rowWeights) {
    t.writes('dh', dh, block(panels, stride, rows));
    t.reads('h', h, block(panels, stride, rows));
    t.reads('rowWeights', rowWeights, panels * 32);
  },

  // Losses
  softmaxCrossEntropy(t, z, stride, panels, classes, labels, rowWeights, dz) {
    loss(t, z, stride, panels, classes, rowWeights, dz);
    t.reads('labels', labels, panels * 32);
  },
  binaryCrossEntropy(t, z, stride, panels, labels, rowWeights, dz) {
    loss(t, z, stride, panels, 1, rowWeights, dz);
    t.reads('labels', labels, panels * 32);
  },
  squaredError(t, z, stride, panels, targetCount, targets, targetsStride, rowWeights, dz) {
    loss(t, z, stride, panels, targetCount, rowWeights, dz);
    t.reads('targets', targets, block(panels, targetsStride, targetCount));
  },
  gaussianNll(t, z, stride, panels, targetCount, targets, targetsStride, rowWeights, dz) {
    loss(t, z, stride, panels, 2 * targetCount, rowWeights, dz);
    t.reads('targets', targets, block(panels, targetsStride, targetCount));
  },
  smoothLabels(t, z, stride, panels, rows, labels, rowWeights, _smoothing, dz) {
    loss(t, z, stride, panels, rows, rowWeights, dz);
    t.reads('labels', labels, panels * 32);
  },
  tangentPenalty(t, u, stride, panels, rows, rowWeights, _strength, du) {
    t.reads('u', u, block(panels, stride, rows));
    t.reads('rowWeights', rowWeights, panels * 32);
    t.writes('du', du, block(panels, stride, rows));
  },

  huber(t, z, stride, panels, targetCount, targets, targetsStride, _delta, rowWeights, dz) {
    loss(t, z, stride, panels, targetCount, rowWeights, dz);
    t.reads('targets', targets, block(panels, targetsStride, targetCount));
  },
  focalCrossEntropy(t, z, stride, panels, classes, labels, _focus, rowWeights, dz) {
    loss(t, z, stride, panels, classes, rowWeights, dz);
    t.reads('labels', labels, panels * 32);
  },
  poissonNll(t, z, stride, panels, targetCount, targets, targetsStride, factors, rowWeights, dz) {
    loss(t, z, stride, panels, targetCount, rowWeights, dz);
    t.reads('targets', targets, block(panels, targetsStride, targetCount));
    t.reads('factors', factors, 8 * targetCount);
  },
  pinball(t, z, stride, panels, targetCount, targets, targetsStride, levels, levelCount, rowWeights, dz) {
    loss(t, z, stride, panels, levelCount * targetCount, rowWeights, dz);
    t.reads('targets', targets, block(panels, targetsStride, targetCount));
    t.reads('levels', levels, 4 * levelCount);
  },
  binaryCrossEntropies(t, z, stride, panels, targetCount, targets, targetsStride, rowWeights, dz) {
    loss(t, z, stride, panels, targetCount, rowWeights, dz);
    t.reads('targets', targets, block(panels, targetsStride, targetCount));
  },

  // Techniques
  drawMask(t, mask, stride, panels) {
    t.writes('mask', mask, (stride * panels) / 4);
  },
  applyMask(t, input, mask, _scale, out, stride, panels) {
    t.reads('input', input, stride * panels);
    t.reads('mask', mask, (stride * panels) / 4);
    t.writes('out', out, stride * panels);
  },
  scaleRows(t, input, out, stride, panels, rows, factors) {
    t.reads('input', input, block(panels, stride, rows));
    t.writes('out', out, block(panels, stride, rows));
    t.reads('factors', factors, rows * 4);
  },
  addNoise(t, x, stride, panels, rows) {
    t.writes('x', x, block(panels, stride, rows));
  },
  perturbMax: perturb,
  perturbEuclidean: perturb,

  // Submodels that share weights
  scaleSubmodels(t, x, xStride, repeats, panels, rows, submodels, factors, shifts, out, outStride) {
    t.reads('x', x, block(repeats === 0 ? panels : Math.ceil(panels / submodels), xStride, rows));
    t.reads('factors', factors, table(submodels, rows));
    t.reads('shifts', shifts, table(submodels, rows));
    t.writes('out', out, block(panels, outStride, rows));
  },
  submodelGradients(t, dz, dzStride, panels, rows, submodels, x, xStride, repeats, factors, shifts, scratch) {
    t.reads('dz', dz, block(panels, dzStride, rows));
    if (factors !== 0)
      t.reads('x', x, block(repeats === 0 ? panels : Math.ceil(panels / submodels), xStride, rows));
    t.writes('factorGradients', factors, table(submodels, rows));
    t.writes('shiftGradients', shifts, table(submodels, rows));
    t.writes('scratch', scratch, 128);
  },
  scaleSubmodelsGradient(
    t,
    dz,
    dzStride,
    panels,
    rows,
    submodels,
    repeats,
    factors,
    h,
    _slope,
    dx,
    dxStride,
  ) {
    t.reads('dz', dz, block(repeats === 0 ? panels : panels * submodels, dzStride, rows));
    t.reads('factors', factors, table(submodels, rows));
    t.reads('h', h, block(panels, dxStride, rows));
    t.writes('dx', dx, block(panels, dxStride, rows));
  },
  meanOfSubmodels(t, z, stride, panels, rows, submodels, _ofProbabilities, out, outStride) {
    t.reads('z', z, block(panels * submodels, stride, rows));
    t.writes('out', out, block(panels, outStride, rows));
  },

  // Updates
  applyUpdate(t, w, gradient, weightCount, biasCount, update) {
    t.updates(w, (weightCount + biasCount) * 4, update);
    t.reads('gradient', gradient, (weightCount + biasCount) * 4);
  },
  pullToward(t, w, anchor, count) {
    t.writes('w', w, count * 4);
    t.reads('anchor', anchor, count * 4);
  },
  flushDenormals(t, values, count) {
    t.writes('values', values, count * 4);
  },
  limitNorm(t, values, count) {
    t.writes('values', values, count * 4);
  },
  orthogonalise(t, matrix, inputs, units, scratch) {
    t.writes('matrix', matrix, weightLengthFloats(inputs, units) * 4);
    t.writes('scratch', scratch, orthogonaliseScratchBytes(inputs, units));
  },

  // Predictions
  logSoftmax(t, z, stride, panels, classes) {
    t.writes('z', z, block(panels, stride, classes));
  },
  binaryLogProbabilities(t, z, stride, panels, out, outStride) {
    t.reads('z', z, block(panels, stride, 1));
    t.writes('out', out, block(panels, outStride, 2));
  },
  gaussianMoments(t, z, stride, panels, targetCount) {
    t.writes('z', z, block(panels, stride, 2 * targetCount));
  },
  unpanel(t, z, stride, rows, count, out, outStride) {
    t.reads('z', z, block(panelsOf(count), stride, rows));
    t.writes('out', out, count === 0 ? 0 : (count - 1) * outStride + rows * 4);
  },
  exp(t, input, out, count, width) {
    t.reads('input', input, count * width * 4);
    t.writes('out', out, count * width * 4);
  },
  countActive(t, h, stride, rows, count) {
    t.reads('h', h, block(panelsOf(count), stride, rows));
  },
};

/** By the names of operations. */
export const EXTENTS: Readonly<Record<string, AnyExtents>> = BY_NAME;
