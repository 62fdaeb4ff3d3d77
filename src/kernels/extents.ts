// What of memory each operation touches, as a function of its other arguments: what programs are validated against,
// because native operations check nothing. Bytes, from the address that is the argument.

import type { WindowGeometry } from '../model/windows.js';
import type { OPERATIONS, OperationName } from './operations.js';
import { layerLengthFloats, roundUp4, weightGradientScratchBytes } from './weight-layout.js';
import { windowWorkBytes } from './window-record.js';

/** A region of memory: its length, and whether anything is written there. */
export interface Region {
  readonly bytes: number;
  readonly writes: boolean;
}

type ArgumentOf<N extends OperationName> = (typeof OPERATIONS)[N]['args'][number];

/** Kinds whose values are addresses of arrays. */
export type ArrayKind = 'f32[]' | 'f32[]?' | 'u32[]' | 'i32[]' | 'i32[]?' | 'i8[]';

type NameOfKind<N extends OperationName, Kind> = Extract<ArgumentOf<N>, readonly [string, Kind]>[0];

/** Values of an operation's arguments; what a window record says in place of its address. */
type Values<N extends OperationName> = Readonly<Record<ArgumentOf<N>[0], number>> & {
  readonly [A in NameOfKind<N, 'windows'>]: WindowGeometry;
};

type ExtentsOf<N extends OperationName> = (values: Values<N>) => {
  readonly [A in NameOfKind<N, ArrayKind>]: Region;
};

/** Extents of whatever operation. A method's type, so that whoever has values by the table's names may call any. */
type AnyExtents = {
  of(values: Readonly<Record<string, number | WindowGeometry>>): Readonly<Record<string, Region>>;
}['of'];

function reads(bytes: number): Region {
  return { bytes, writes: false };
}

function writes(bytes: number): Region {
  return { bytes, writes: true };
}

/** Panels of `rows` rows each, `stride` bytes apart. */
function block(panels: number, stride: number, rows: number): number {
  return panels === 0 ? 0 : (panels - 1) * stride + roundUp4(rows) * 32;
}

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

function windowCount({ outHeight, outWidth }: WindowGeometry): number {
  return outHeight * outWidth;
}

// What several operations have in common.

const perturb: ExtentsOf<'perturbMax'> = ({ stride, panels, rows }) => ({
  x: writes(block(panels, stride, rows)),
  origin: reads(block(panels, stride, rows)),
  gradient: reads(block(panels, stride, rows)),
  ...{ radius: reads(rows * 4), low: reads(rows * 4), high: reads(rows * 4) },
});

function targetsLoss(rows: number, { stride, panels, outputs, targetsStride }: Values<'squaredError'>) {
  return {
    z: reads(block(panels, stride, rows)),
    targets: reads(block(panels, targetsStride, outputs)),
    rowWeights: reads(panels * 32),
    dz: writes(block(panels, stride, rows)),
  };
}

function labelsLoss(rows: number, { stride, panels }: Values<'binaryCrossEntropy'>) {
  return {
    z: reads(block(panels, stride, rows)),
    ...{ labels: reads(panels * 32), rowWeights: reads(panels * 32) },
    dz: writes(block(panels, stride, rows)),
  };
}

const BY_NAME: { readonly [N in OperationName]: ExtentsOf<N> } = {
  // Batches. How many rows there are is not known here: no more than the first is checked.
  gatherRows: ({ xStride, count, features, outStride }) => ({
    ...{ x: reads(xStride), indices: reads(count * 4) },
    out: writes(block(panelsOf(count), outStride, features)),
  }),
  gatherColumns: ({ xStride, count, features, outStride }) => ({
    ...{ x: reads(xStride), indices: reads(count * 4), columns: reads(features * 4) },
    out: writes(block(panelsOf(count), outStride, features)),
  }),
  gatherLabels: ({ count }) => ({
    ...{ labels: reads(4), indices: reads(count * 4), out: writes(panelsOf(count) * 32) },
  }),
  gatherWeights: ({ count }) => ({
    ...{ rowWeights: reads(4), indices: reads(count * 4), out: writes(panelsOf(count) * 32) },
  }),
  shuffle: ({ count }) => ({ indices: writes(count * 4) }),
  copy: ({ stride, panels }) => ({ input: reads(stride * panels), out: writes(stride * panels) }),
  clear: ({ stride, panels }) => ({ out: writes(stride * panels) }),

  // Dense layers
  forward: ({ xStride, panels, inputs, units, outStride }) => ({
    ...{ x: reads(block(panels, xStride, inputs)), w: reads(weights(inputs, units)) },
    out: writes(block(panels, outStride, units)),
  }),
  forwardRow: ({ inputs, units }) => ({
    ...{ x: reads(block(1, 0, inputs)), w: reads(weights(inputs, units)), out: writes(block(1, 0, units)) },
  }),
  linear: ({ xStride, panels, inputs, units, outStride }) => ({
    ...{ x: reads(block(panels, xStride, inputs)), w: reads(weights(inputs, units)) },
    out: writes(block(panels, outStride, units)),
    scratch: writes(roundUp4(units) * 4),
  }),
  inputGradient: ({ dzStride, panels, units, inputs, dxStride }) => ({
    ...{ dz: reads(block(panels, dzStride, units)), w: reads(weights(inputs, units)) },
    h: reads(block(panels, dxStride, inputs)),
    dx: writes(block(panels, dxStride, inputs)),
  }),
  weightGradient: ({ xStride, panels, inputs, dzStride, units }) => ({
    ...{ x: reads(block(panels, xStride, inputs)), dz: reads(block(panels, dzStride, units)) },
    ...{ w: writes(weights(inputs, units)), scratch: writes(weightGradientScratchBytes(panels)) },
  }),

  // Layers over windows
  convolve: ({ windows, xStride, panels, filters, outStride }) => ({
    ...{ x: reads(block(panels, xStride, pixels(windows))), w: reads(weights(taps(windows), filters)) },
    out: writes(block(panels, outStride, filters * windowCount(windows))),
    scratch: writes(windowWorkBytes(windows, filters)),
  }),
  convolveInputGradient: ({ windows, dzStride, panels, filters, dxStride }) => ({
    dz: reads(block(panels, dzStride, filters * windowCount(windows))),
    w: reads(weights(taps(windows), filters)),
    h: reads(block(panels, dxStride, pixels(windows))),
    dx: writes(block(panels, dxStride, pixels(windows))),
    scratch: writes(windowWorkBytes(windows, filters)),
  }),
  convolveWeightGradient: ({ windows, xStride, panels, dzStride, filters }) => ({
    x: reads(block(panels, xStride, pixels(windows))),
    dz: reads(block(panels, dzStride, filters * windowCount(windows))),
    w: writes(weights(taps(windows), filters)),
    scratch: writes(windowWorkBytes(windows, filters)),
  }),
  maxPool: ({ windows, xStride, panels, outStride }) => ({
    x: reads(block(panels, xStride, pixels(windows))),
    out: writes(block(panels, outStride, windows.channels * windowCount(windows))),
    choice: writes(block(panels, outStride, windows.channels * windowCount(windows))),
    scratch: writes(windowWorkBytes(windows, 0)),
  }),
  maxPoolChosen: ({ windows, xStride, panels, outStride }) => ({
    x: reads(block(panels, xStride, pixels(windows))),
    out: writes(block(panels, outStride, windows.channels * windowCount(windows))),
    choice: reads(block(panels, outStride, windows.channels * windowCount(windows))),
    scratch: writes(windowWorkBytes(windows, 0)),
  }),
  maxPoolInputGradient: ({ windows, dzStride, panels, dxStride }) => ({
    dz: reads(block(panels, dzStride, windows.channels * windowCount(windows))),
    choice: reads(block(panels, dzStride, windows.channels * windowCount(windows))),
    dx: writes(block(panels, dxStride, pixels(windows))),
    scratch: writes(windowWorkBytes(windows, 0)),
  }),
  averagePool: ({ windows, xStride, panels, outStride }) => ({
    x: reads(block(panels, xStride, pixels(windows))),
    out: writes(block(panels, outStride, windows.channels * windowCount(windows))),
    scratch: writes(windowWorkBytes(windows, 0)),
  }),
  averagePoolInputGradient: ({ windows, dzStride, panels, dxStride }) => ({
    dz: reads(block(panels, dzStride, windows.channels * windowCount(windows))),
    h: reads(block(panels, dxStride, pixels(windows))),
    dx: writes(block(panels, dxStride, pixels(windows))),
    scratch: writes(windowWorkBytes(windows, 0)),
  }),

  // Activations
  activate: ({ stride, panels }) => ({ h: writes(stride * panels), derivative: writes(stride * panels) }),
  secondDerivative: ({ stride, panels }) => ({ z: reads(stride * panels), out: writes(stride * panels) }),
  multiply: ({ stride, panels }) => ({ a: writes(stride * panels), b: reads(stride * panels) }),
  multiplySlope: ({ stride, panels }) => ({ a: writes(stride * panels), h: reads(stride * panels) }),
  product: ({ stride, panels }) => ({
    ...{ a: reads(stride * panels), b: reads(stride * panels), out: writes(stride * panels) },
  }),
  add: ({ stride, panels }) => ({ a: writes(stride * panels), b: reads(stride * panels) }),
  addProduct: ({ stride, panels }) => ({
    sum: writes(stride * panels),
    ...{ a: reads(stride * panels), b: reads(stride * panels), c: reads(stride * panels) },
  }),
  addActivityGradient: ({ stride, panels, rows }) => ({
    ...{ dh: writes(block(panels, stride, rows)), h: reads(block(panels, stride, rows)) },
    rowWeights: reads(panels * 32),
  }),

  // Losses
  softmaxCrossEntropy: ({ classes, ...values }) => labelsLoss(classes, values),
  binaryCrossEntropy: (values) => labelsLoss(1, values),
  squaredError: (values) => targetsLoss(values.outputs, values),
  gaussianNll: (values) => targetsLoss(2 * values.outputs, values),
  smoothLabels: ({ rows, ...values }) => labelsLoss(rows, values),
  tangentPenalty: ({ stride, panels, rows }) => ({
    ...{ u: reads(block(panels, stride, rows)), rowWeights: reads(panels * 32) },
    du: writes(block(panels, stride, rows)),
  }),

  // Techniques
  drawMask: ({ stride, panels }) => ({ mask: writes((stride * panels) / 4) }),
  applyMask: ({ stride, panels }) => ({
    ...{ input: reads(stride * panels), mask: reads((stride * panels) / 4), out: writes(stride * panels) },
  }),
  scaleRows: ({ stride, panels, rows }) => ({
    ...{ input: reads(block(panels, stride, rows)), out: writes(block(panels, stride, rows)) },
    factors: reads(rows * 4),
  }),
  addNoise: ({ stride, panels, rows }) => ({ x: writes(block(panels, stride, rows)) }),
  perturbMax: perturb,
  perturbEuclidean: perturb,

  // Updates
  applyUpdate: ({ weightCount, biasCount }) => ({
    ...{ w: writes((weightCount + biasCount) * 4), gradient: reads((weightCount + biasCount) * 4) },
  }),
  pullToward: ({ count }) => ({ w: writes(count * 4), anchor: reads(count * 4) }),
  flushDenormals: ({ count }) => ({ values: writes(count * 4) }),

  // Predictions
  logSoftmax: ({ stride, panels, classes }) => ({ z: writes(block(panels, stride, classes)) }),
  binaryLogProbabilities: ({ stride, panels, outStride }) => ({
    ...{ z: reads(block(panels, stride, 1)), out: writes(block(panels, outStride, 2)) },
  }),
  gaussianMoments: ({ stride, panels, outputs }) => ({ z: writes(block(panels, stride, 2 * outputs)) }),
  unpanel: ({ stride, rows, count, outStride }) => ({
    z: reads(block(panelsOf(count), stride, rows)),
    out: writes(count === 0 ? 0 : (count - 1) * outStride + rows * 4),
  }),
  exp: ({ count, width }) => ({ input: reads(count * width * 4), out: writes(count * width * 4) }),
  countActive: ({ stride, rows, count }) => ({ h: reads(block(panelsOf(count), stride, rows)) }),
};

/** By the names of operations. */
export const EXTENTS: ReadonlyMap<string, AnyExtents> = new Map<string, AnyExtents>(Object.entries(BY_NAME));
