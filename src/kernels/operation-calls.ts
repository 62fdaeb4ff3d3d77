// Written by `node dist/scripts/operation-code.js` from src/kernels/operations.ts: change it there.

import type { Operand } from './operand.js';

/** Identifies the table of operations: the first word of every program. */
export const OPERATIONS_FINGERPRINT = 0x4e581a19;

/** A method for each operation, which notes the call. */
// biome-ignore format: a line each
export interface Calls {
  gatherRows(x: Operand, xStride: Operand, indices: Operand, count: Operand, features: Operand, out: Operand, outStride: Operand): void;
  gatherColumns(x: Operand, xStride: Operand, indices: Operand, count: Operand, columns: Operand, features: Operand, out: Operand, outStride: Operand): void;
  gatherLabels(labels: Operand, indices: Operand, count: Operand, out: Operand): void;
  gatherWeights(rowWeights: Operand, indices: Operand, count: Operand, scale: Operand, out: Operand): void;
  shuffle(indices: Operand, count: Operand, key0: Operand, key1: Operand): void;
  copy(input: Operand, out: Operand, stride: Operand, panels: Operand): void;
  clear(out: Operand, stride: Operand, panels: Operand): void;
  forward(x: Operand, xStride: Operand, panels: Operand, inputs: Operand, w: Operand, units: Operand, out: Operand, outStride: Operand, slope: Operand): void;
  forwardRow(x: Operand, inputs: Operand, w: Operand, units: Operand, out: Operand, slope: Operand): void;
  linear(x: Operand, xStride: Operand, panels: Operand, inputs: Operand, w: Operand, units: Operand, out: Operand, outStride: Operand, scratch: Operand): void;
  inputGradient(dz: Operand, dzStride: Operand, panels: Operand, units: Operand, w: Operand, inputs: Operand, h: Operand, slope: Operand, dx: Operand, dxStride: Operand): void;
  weightGradient(x: Operand, xStride: Operand, panels: Operand, inputs: Operand, dz: Operand, dzStride: Operand, units: Operand, w: Operand, scratch: Operand, update: Operand): void;
  convolve(windows: Operand, x: Operand, xStride: Operand, panels: Operand, w: Operand, filters: Operand, hasBias: Operand, out: Operand, outStride: Operand, slope: Operand, scratch: Operand): void;
  convolveInputGradient(windows: Operand, dz: Operand, dzStride: Operand, panels: Operand, w: Operand, filters: Operand, h: Operand, slope: Operand, dx: Operand, dxStride: Operand, scratch: Operand): void;
  convolveWeightGradient(windows: Operand, x: Operand, xStride: Operand, panels: Operand, dz: Operand, dzStride: Operand, w: Operand, filters: Operand, scratch: Operand, update: Operand): void;
  maxPool(windows: Operand, x: Operand, xStride: Operand, panels: Operand, out: Operand, outStride: Operand, choice: Operand, scratch: Operand): void;
  maxPoolChosen(windows: Operand, x: Operand, xStride: Operand, panels: Operand, out: Operand, outStride: Operand, choice: Operand, scratch: Operand): void;
  maxPoolInputGradient(windows: Operand, dz: Operand, dzStride: Operand, panels: Operand, choice: Operand, slope: Operand, dx: Operand, dxStride: Operand, scratch: Operand): void;
  averagePool(windows: Operand, x: Operand, xStride: Operand, panels: Operand, out: Operand, outStride: Operand, scratch: Operand): void;
  averagePoolInputGradient(windows: Operand, dz: Operand, dzStride: Operand, panels: Operand, h: Operand, slope: Operand, dx: Operand, dxStride: Operand, scratch: Operand): void;
  activate(activation: Operand, h: Operand, derivative: Operand, stride: Operand, panels: Operand): void;
  secondDerivative(activation: Operand, z: Operand, out: Operand, stride: Operand, panels: Operand): void;
  multiply(a: Operand, b: Operand, stride: Operand, panels: Operand): void;
  multiplySlope(a: Operand, h: Operand, slope: Operand, stride: Operand, panels: Operand): void;
  product(a: Operand, b: Operand, out: Operand, stride: Operand, panels: Operand): void;
  add(a: Operand, b: Operand, stride: Operand, panels: Operand): void;
  addProduct(sum: Operand, a: Operand, b: Operand, c: Operand, stride: Operand, panels: Operand): void;
  addActivityGradient(dh: Operand, h: Operand, stride: Operand, panels: Operand, rows: Operand, rowWeights: Operand, strength: Operand, slope: Operand): void;
  softmaxCrossEntropy(z: Operand, stride: Operand, panels: Operand, classes: Operand, labels: Operand, rowWeights: Operand, dz: Operand): void;
  binaryCrossEntropy(z: Operand, stride: Operand, panels: Operand, labels: Operand, rowWeights: Operand, dz: Operand): void;
  squaredError(z: Operand, stride: Operand, panels: Operand, outputs: Operand, targets: Operand, targetsStride: Operand, rowWeights: Operand, dz: Operand): void;
  gaussianNll(z: Operand, stride: Operand, panels: Operand, outputs: Operand, targets: Operand, targetsStride: Operand, rowWeights: Operand, dz: Operand): void;
  smoothLabels(z: Operand, stride: Operand, panels: Operand, rows: Operand, labels: Operand, rowWeights: Operand, smoothing: Operand, dz: Operand): void;
  tangentPenalty(u: Operand, stride: Operand, panels: Operand, rows: Operand, rowWeights: Operand, strength: Operand, du: Operand): void;
  drawMask(mask: Operand, stride: Operand, panels: Operand, threshold: Operand, key0: Operand, key1: Operand, layer: Operand): void;
  applyMask(input: Operand, mask: Operand, scale: Operand, out: Operand, stride: Operand, panels: Operand): void;
  scaleRows(input: Operand, out: Operand, stride: Operand, panels: Operand, rows: Operand, factors: Operand): void;
  addNoise(x: Operand, stride: Operand, panels: Operand, rows: Operand, deviation: Operand, key0: Operand, key1: Operand): void;
  perturbMax(x: Operand, origin: Operand, gradient: Operand, stride: Operand, panels: Operand, rows: Operand, radius: Operand, low: Operand, high: Operand, step: Operand): void;
  perturbEuclidean(x: Operand, origin: Operand, gradient: Operand, stride: Operand, panels: Operand, rows: Operand, radius: Operand, low: Operand, high: Operand, step: Operand): void;
  applyUpdate(w: Operand, gradient: Operand, weightCount: Operand, biasCount: Operand, update: Operand): void;
  pullToward(w: Operand, anchor: Operand, count: Operand, share: Operand): void;
  flushDenormals(values: Operand, count: Operand, threshold: Operand): void;
  logSoftmax(z: Operand, stride: Operand, panels: Operand, classes: Operand): void;
  binaryLogProbabilities(z: Operand, stride: Operand, panels: Operand, out: Operand, outStride: Operand): void;
  gaussianMoments(z: Operand, stride: Operand, panels: Operand, outputs: Operand): void;
  unpanel(z: Operand, stride: Operand, rows: Operand, count: Operand, out: Operand, outStride: Operand): void;
  exp(input: Operand, out: Operand, count: Operand, width: Operand): void;
  countActive(h: Operand, stride: Operand, rows: Operand, count: Operand, threshold: Operand): void;
}
