// Written by `node dist/scripts/operation-code.js` from src/kernels/operations.ts: change it there.

import type { Operand } from './operand.js';

/** Identifies the table of operations: the first word of every program. */
export const OPERATIONS_FINGERPRINT = 0xb32b0bb8;

/** Of each operation, by its number, which of its arguments are floats: a bit for each, the first the lowest. */
// biome-ignore format: a line
export const FLOAT_ARGUMENTS: readonly number[] = [0, 0, 0, 8, 0, 0, 0, 256, 32, 0, 128, 0, 512, 128, 0, 0, 0, 32, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 288, 256, 0, 0, 0, 0, 4, 0, 0, 0, 192, 0, 0, 0, 0, 64, 32, 64, 32, 0, 0, 0, 0, 4, 0, 16, 512, 512, 1024, 0, 256, 0, 0, 8, 4, 4, 0, 0, 0, 0, 0, 0, 16];

/** Takes calls of operations, to note them or to make them. */
// biome-ignore format: a line each
export abstract class Calls {
  /** A call of the operation of this number, with all its arguments. */
  protected abstract note(opcode: number, operands: readonly Operand[]): void;

  gatherRows(x: Operand, xStride: Operand, indices: Operand, count: Operand, features: Operand, out: Operand, outStride: Operand): void { this.note(0, [x, xStride, indices, count, features, out, outStride]); }
  gatherColumns(x: Operand, xStride: Operand, indices: Operand, count: Operand, columns: Operand, features: Operand, out: Operand, outStride: Operand): void { this.note(1, [x, xStride, indices, count, columns, features, out, outStride]); }
  gatherLabels(labels: Operand, indices: Operand, count: Operand, out: Operand): void { this.note(2, [labels, indices, count, out]); }
  gatherWeights(rowWeights: Operand, indices: Operand, count: Operand, scale: Operand, out: Operand): void { this.note(3, [rowWeights, indices, count, scale, out]); }
  shuffle(indices: Operand, count: Operand, key0: Operand, key1: Operand): void { this.note(4, [indices, count, key0, key1]); }
  copy(input: Operand, out: Operand, stride: Operand, panels: Operand): void { this.note(5, [input, out, stride, panels]); }
  clear(out: Operand, stride: Operand, panels: Operand): void { this.note(6, [out, stride, panels]); }
  forward(x: Operand, xStride: Operand, panels: Operand, inputs: Operand, w: Operand, units: Operand, out: Operand, outStride: Operand, slope: Operand): void { this.note(7, [x, xStride, panels, inputs, w, units, out, outStride, slope]); }
  forwardRow(x: Operand, inputs: Operand, w: Operand, units: Operand, out: Operand, slope: Operand): void { this.note(8, [x, inputs, w, units, out, slope]); }
  linear(x: Operand, xStride: Operand, panels: Operand, inputs: Operand, w: Operand, units: Operand, out: Operand, outStride: Operand, scratch: Operand): void { this.note(9, [x, xStride, panels, inputs, w, units, out, outStride, scratch]); }
  inputGradient(dz: Operand, dzStride: Operand, panels: Operand, units: Operand, w: Operand, inputs: Operand, h: Operand, slope: Operand, dx: Operand, dxStride: Operand): void { this.note(10, [dz, dzStride, panels, units, w, inputs, h, slope, dx, dxStride]); }
  weightGradient(x: Operand, xStride: Operand, panels: Operand, inputs: Operand, dz: Operand, dzStride: Operand, units: Operand, w: Operand, scratch: Operand, update: Operand): void { this.note(11, [x, xStride, panels, inputs, dz, dzStride, units, w, scratch, update]); }
  convolve(windows: Operand, x: Operand, xStride: Operand, panels: Operand, w: Operand, filters: Operand, hasBias: Operand, out: Operand, outStride: Operand, slope: Operand, scratch: Operand): void { this.note(12, [windows, x, xStride, panels, w, filters, hasBias, out, outStride, slope, scratch]); }
  convolveInputGradient(windows: Operand, dz: Operand, dzStride: Operand, panels: Operand, w: Operand, filters: Operand, h: Operand, slope: Operand, dx: Operand, dxStride: Operand, scratch: Operand): void { this.note(13, [windows, dz, dzStride, panels, w, filters, h, slope, dx, dxStride, scratch]); }
  convolveWeightGradient(windows: Operand, x: Operand, xStride: Operand, panels: Operand, dz: Operand, dzStride: Operand, w: Operand, filters: Operand, scratch: Operand, update: Operand): void { this.note(14, [windows, x, xStride, panels, dz, dzStride, w, filters, scratch, update]); }
  maxPool(windows: Operand, x: Operand, xStride: Operand, panels: Operand, out: Operand, outStride: Operand, choice: Operand, scratch: Operand): void { this.note(15, [windows, x, xStride, panels, out, outStride, choice, scratch]); }
  maxPoolChosen(windows: Operand, x: Operand, xStride: Operand, panels: Operand, out: Operand, outStride: Operand, choice: Operand, scratch: Operand): void { this.note(16, [windows, x, xStride, panels, out, outStride, choice, scratch]); }
  maxPoolInputGradient(windows: Operand, dz: Operand, dzStride: Operand, panels: Operand, choice: Operand, slope: Operand, dx: Operand, dxStride: Operand, scratch: Operand): void { this.note(17, [windows, dz, dzStride, panels, choice, slope, dx, dxStride, scratch]); }
  averagePool(windows: Operand, x: Operand, xStride: Operand, panels: Operand, out: Operand, outStride: Operand, scratch: Operand): void { this.note(18, [windows, x, xStride, panels, out, outStride, scratch]); }
  averagePoolInputGradient(windows: Operand, dz: Operand, dzStride: Operand, panels: Operand, h: Operand, slope: Operand, dx: Operand, dxStride: Operand, scratch: Operand): void { this.note(19, [windows, dz, dzStride, panels, h, slope, dx, dxStride, scratch]); }
  embedNumbers(x: Operand, xStride: Operand, panels: Operand, numbers: Operand, expansion: Operand, terms: Operand, w: Operand, size: Operand, projection: Operand, scratch: Operand, out: Operand, outStride: Operand): void { this.note(20, [x, xStride, panels, numbers, expansion, terms, w, size, projection, scratch, out, outStride]); }
  embedNumbersInputGradient(x: Operand, xStride: Operand, panels: Operand, numbers: Operand, expansion: Operand, terms: Operand, w: Operand, size: Operand, projection: Operand, dz: Operand, dzStride: Operand, dx: Operand, dxStride: Operand): void { this.note(21, [x, xStride, panels, numbers, expansion, terms, w, size, projection, dz, dzStride, dx, dxStride]); }
  embedNumbersWeightGradient(x: Operand, xStride: Operand, panels: Operand, numbers: Operand, expansion: Operand, terms: Operand, w: Operand, size: Operand, projection: Operand, dz: Operand, dzStride: Operand, scratch: Operand, update: Operand): void { this.note(22, [x, xStride, panels, numbers, expansion, terms, w, size, projection, dz, dzStride, scratch, update]); }
  embedCategories(x: Operand, xStride: Operand, panels: Operand, categories: Operand, w: Operand, size: Operand, out: Operand, outStride: Operand): void { this.note(23, [x, xStride, panels, categories, w, size, out, outStride]); }
  embedCategoriesInputGradient(dz: Operand, dzStride: Operand, panels: Operand, categories: Operand, w: Operand, size: Operand, dx: Operand, dxStride: Operand): void { this.note(24, [dz, dzStride, panels, categories, w, size, dx, dxStride]); }
  embedCategoriesWeightGradient(x: Operand, xStride: Operand, panels: Operand, categories: Operand, dz: Operand, dzStride: Operand, size: Operand, w: Operand, scratch: Operand, update: Operand): void { this.note(25, [x, xStride, panels, categories, dz, dzStride, size, w, scratch, update]); }
  factorGradient(x: Operand, xStride: Operand, panels: Operand, rows: Operand, dz: Operand, dzStride: Operand, w: Operand, scratch: Operand, update: Operand): void { this.note(26, [x, xStride, panels, rows, dz, dzStride, w, scratch, update]); }
  copyRows(input: Operand, inputStride: Operand, panels: Operand, rows: Operand, out: Operand, outStride: Operand): void { this.note(27, [input, inputStride, panels, rows, out, outStride]); }
  clearPadding(out: Operand, stride: Operand, panels: Operand, rows: Operand): void { this.note(28, [out, stride, panels, rows]); }
  layerNorm(x: Operand, xStride: Operand, panels: Operand, rows: Operand, w: Operand, epsilon: Operand, out: Operand, outStride: Operand, slope: Operand, statistics: Operand): void { this.note(29, [x, xStride, panels, rows, w, epsilon, out, outStride, slope, statistics]); }
  layerNormInputGradient(dz: Operand, dzStride: Operand, panels: Operand, rows: Operand, w: Operand, x: Operand, xStride: Operand, statistics: Operand, slope: Operand, dx: Operand, dxStride: Operand): void { this.note(30, [dz, dzStride, panels, rows, w, x, xStride, statistics, slope, dx, dxStride]); }
  layerNormWeightGradient(x: Operand, xStride: Operand, panels: Operand, rows: Operand, dz: Operand, dzStride: Operand, statistics: Operand, w: Operand, scratch: Operand, update: Operand): void { this.note(31, [x, xStride, panels, rows, dz, dzStride, statistics, w, scratch, update]); }
  activate(activation: Operand, h: Operand, derivative: Operand, stride: Operand, panels: Operand): void { this.note(32, [activation, h, derivative, stride, panels]); }
  secondDerivative(activation: Operand, z: Operand, out: Operand, stride: Operand, panels: Operand): void { this.note(33, [activation, z, out, stride, panels]); }
  multiply(a: Operand, b: Operand, stride: Operand, panels: Operand): void { this.note(34, [a, b, stride, panels]); }
  multiplySlope(a: Operand, h: Operand, slope: Operand, stride: Operand, panels: Operand): void { this.note(35, [a, h, slope, stride, panels]); }
  product(a: Operand, b: Operand, out: Operand, stride: Operand, panels: Operand): void { this.note(36, [a, b, out, stride, panels]); }
  add(a: Operand, b: Operand, stride: Operand, panels: Operand): void { this.note(37, [a, b, stride, panels]); }
  addProduct(sum: Operand, a: Operand, b: Operand, c: Operand, stride: Operand, panels: Operand): void { this.note(38, [sum, a, b, c, stride, panels]); }
  addActivityGradient(dh: Operand, h: Operand, stride: Operand, panels: Operand, rows: Operand, rowWeights: Operand, strength: Operand, slope: Operand): void { this.note(39, [dh, h, stride, panels, rows, rowWeights, strength, slope]); }
  softmaxCrossEntropy(z: Operand, stride: Operand, panels: Operand, classes: Operand, labels: Operand, rowWeights: Operand, dz: Operand): void { this.note(40, [z, stride, panels, classes, labels, rowWeights, dz]); }
  binaryCrossEntropy(z: Operand, stride: Operand, panels: Operand, labels: Operand, rowWeights: Operand, dz: Operand): void { this.note(41, [z, stride, panels, labels, rowWeights, dz]); }
  squaredError(z: Operand, stride: Operand, panels: Operand, outputs: Operand, targets: Operand, targetsStride: Operand, rowWeights: Operand, dz: Operand): void { this.note(42, [z, stride, panels, outputs, targets, targetsStride, rowWeights, dz]); }
  gaussianNll(z: Operand, stride: Operand, panels: Operand, outputs: Operand, targets: Operand, targetsStride: Operand, rowWeights: Operand, dz: Operand): void { this.note(43, [z, stride, panels, outputs, targets, targetsStride, rowWeights, dz]); }
  smoothLabels(z: Operand, stride: Operand, panels: Operand, rows: Operand, labels: Operand, rowWeights: Operand, smoothing: Operand, dz: Operand): void { this.note(44, [z, stride, panels, rows, labels, rowWeights, smoothing, dz]); }
  tangentPenalty(u: Operand, stride: Operand, panels: Operand, rows: Operand, rowWeights: Operand, strength: Operand, du: Operand): void { this.note(45, [u, stride, panels, rows, rowWeights, strength, du]); }
  huber(z: Operand, stride: Operand, panels: Operand, outputs: Operand, targets: Operand, targetsStride: Operand, delta: Operand, rowWeights: Operand, dz: Operand): void { this.note(46, [z, stride, panels, outputs, targets, targetsStride, delta, rowWeights, dz]); }
  focalCrossEntropy(z: Operand, stride: Operand, panels: Operand, classes: Operand, labels: Operand, focus: Operand, rowWeights: Operand, dz: Operand): void { this.note(47, [z, stride, panels, classes, labels, focus, rowWeights, dz]); }
  poissonNll(z: Operand, stride: Operand, panels: Operand, outputs: Operand, targets: Operand, targetsStride: Operand, factors: Operand, rowWeights: Operand, dz: Operand): void { this.note(48, [z, stride, panels, outputs, targets, targetsStride, factors, rowWeights, dz]); }
  pinball(z: Operand, stride: Operand, panels: Operand, outputs: Operand, targets: Operand, targetsStride: Operand, levels: Operand, levelCount: Operand, rowWeights: Operand, dz: Operand): void { this.note(49, [z, stride, panels, outputs, targets, targetsStride, levels, levelCount, rowWeights, dz]); }
  binaryCrossEntropies(z: Operand, stride: Operand, panels: Operand, outputs: Operand, targets: Operand, targetsStride: Operand, rowWeights: Operand, dz: Operand): void { this.note(50, [z, stride, panels, outputs, targets, targetsStride, rowWeights, dz]); }
  drawMask(mask: Operand, stride: Operand, panels: Operand, threshold: Operand, key0: Operand, key1: Operand, layer: Operand): void { this.note(51, [mask, stride, panels, threshold, key0, key1, layer]); }
  applyMask(input: Operand, mask: Operand, scale: Operand, out: Operand, stride: Operand, panels: Operand): void { this.note(52, [input, mask, scale, out, stride, panels]); }
  scaleRows(input: Operand, out: Operand, stride: Operand, panels: Operand, rows: Operand, factors: Operand): void { this.note(53, [input, out, stride, panels, rows, factors]); }
  addNoise(x: Operand, stride: Operand, panels: Operand, rows: Operand, deviation: Operand, key0: Operand, key1: Operand): void { this.note(54, [x, stride, panels, rows, deviation, key0, key1]); }
  perturbMax(x: Operand, origin: Operand, gradient: Operand, stride: Operand, panels: Operand, rows: Operand, radius: Operand, low: Operand, high: Operand, step: Operand): void { this.note(55, [x, origin, gradient, stride, panels, rows, radius, low, high, step]); }
  perturbEuclidean(x: Operand, origin: Operand, gradient: Operand, stride: Operand, panels: Operand, rows: Operand, radius: Operand, low: Operand, high: Operand, step: Operand): void { this.note(56, [x, origin, gradient, stride, panels, rows, radius, low, high, step]); }
  scaleSubmodels(x: Operand, xStride: Operand, repeats: Operand, panels: Operand, rows: Operand, submodels: Operand, factors: Operand, shifts: Operand, out: Operand, outStride: Operand, slope: Operand): void { this.note(57, [x, xStride, repeats, panels, rows, submodels, factors, shifts, out, outStride, slope]); }
  submodelGradients(dz: Operand, dzStride: Operand, panels: Operand, rows: Operand, submodels: Operand, x: Operand, xStride: Operand, repeats: Operand, factorGradients: Operand, shiftGradients: Operand, scratch: Operand): void { this.note(58, [dz, dzStride, panels, rows, submodels, x, xStride, repeats, factorGradients, shiftGradients, scratch]); }
  scaleSubmodelsGradient(dz: Operand, dzStride: Operand, panels: Operand, rows: Operand, submodels: Operand, repeats: Operand, factors: Operand, h: Operand, slope: Operand, dx: Operand, dxStride: Operand): void { this.note(59, [dz, dzStride, panels, rows, submodels, repeats, factors, h, slope, dx, dxStride]); }
  meanOfSubmodels(z: Operand, stride: Operand, panels: Operand, rows: Operand, submodels: Operand, ofProbabilities: Operand, out: Operand, outStride: Operand): void { this.note(60, [z, stride, panels, rows, submodels, ofProbabilities, out, outStride]); }
  applyUpdate(w: Operand, gradient: Operand, weightCount: Operand, biasCount: Operand, update: Operand): void { this.note(61, [w, gradient, weightCount, biasCount, update]); }
  pullToward(w: Operand, anchor: Operand, count: Operand, share: Operand): void { this.note(62, [w, anchor, count, share]); }
  flushDenormals(values: Operand, count: Operand, threshold: Operand): void { this.note(63, [values, count, threshold]); }
  limitNorm(values: Operand, count: Operand, limit: Operand): void { this.note(64, [values, count, limit]); }
  orthogonalise(matrix: Operand, inputs: Operand, units: Operand, scratch: Operand): void { this.note(65, [matrix, inputs, units, scratch]); }
  logSoftmax(z: Operand, stride: Operand, panels: Operand, classes: Operand): void { this.note(66, [z, stride, panels, classes]); }
  binaryLogProbabilities(z: Operand, stride: Operand, panels: Operand, out: Operand, outStride: Operand): void { this.note(67, [z, stride, panels, out, outStride]); }
  gaussianMoments(z: Operand, stride: Operand, panels: Operand, outputs: Operand): void { this.note(68, [z, stride, panels, outputs]); }
  unpanel(z: Operand, stride: Operand, rows: Operand, count: Operand, out: Operand, outStride: Operand): void { this.note(69, [z, stride, rows, count, out, outStride]); }
  exp(input: Operand, out: Operand, count: Operand, width: Operand): void { this.note(70, [input, out, count, width]); }
  countActive(h: Operand, stride: Operand, rows: Operand, count: Operand, threshold: Operand): void { this.note(71, [h, stride, rows, count, threshold]); }
}
