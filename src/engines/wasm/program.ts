// A network compiled to fixed addresses: which regions of an arena hold what, and the kernel calls of a
// forward pass and of a training step, in order. It draws no random numbers and knows no epochs.
//
// Activations and gradients are batch panels, f32[panels][rows][8]: eight examples side by side in each
// vector pair, so every kernel is free of batch remainders. See src/kernels/kernels.ts for the formats.

import type { Kernels, SmoothActivation } from '../../kernels/kernels.js';
import { roundUp4, weightGradientScratchBytes, layerLengthFloats } from '../../kernels/weight-layout.js';
import type { RegionAllocator } from '../../memory/layout.js';
import type { LayerShape } from '../../model/network.js';
import type { Activation, Loss } from '../../model/spec.js';

/** Examples in one batch panel. */
export const PANEL = 8;
/** Bytes from one feature's row of a panel to the next. */
export const PANEL_ROW_BYTES = PANEL * 4;

export function panelsOf(examples: number): number {
  return Math.ceil(examples / PANEL);
}

/** Bytes of one panel of `rows` features: rows are padded to whole vectors of 4. */
export function panelStrideOf(rows: number): number {
  return roundUp4(rows) * PANEL_ROW_BYTES;
}

/** Slopes of the leaky family max(z, slope·z), which the forward kernel applies itself. */
const SLOPES: Readonly<Record<Exclude<Activation, SmoothActivation>, number>> = {
  linear: 1,
  relu: 0,
  leakyRelu: 0.01,
};

/** Whether an activation is a kernel of its own, outside the leaky family. */
function isSmooth(activation: Activation): activation is SmoothActivation {
  return !(activation in SLOPES);
}

/** One layer with every address fixed. */
export interface LayerProgram {
  readonly inputs: number;
  readonly units: number;
  /** W in column panels, then the bias. */
  readonly weights: number;
  /** Applied by the forward kernel; 1 leaves z as it is. */
  readonly slope: number;
  /** Applied after the forward kernel, or null for the leaky family. */
  readonly activation: SmoothActivation | null;
  readonly input: number;
  readonly inputStride: number;
  readonly output: number;
  readonly outputStride: number;
  /** ∂J/∂z of this layer, in panels; 0 in a program that only predicts. */
  readonly gradient: number;
  /** Activation derivatives, for activations outside the leaky family; else 0. */
  readonly derivative: number;
}

export interface NetworkProgram {
  readonly layers: readonly LayerProgram[];
  /** Input panels, written by a gather. */
  readonly input: number;
  readonly inputStride: number;
  /** Start of all parameters and their padded length: the layout of the optimizer's moments too. */
  readonly weights: number;
  readonly weightsLength: number;
  /** Room for packing gradients of 8 units over the whole batch; 0 in a program that only predicts. */
  readonly scratch: number;
}

/** Padded length in floats of all layers' parameters. */
export function paddedParameterCount(shapes: readonly LayerShape[]): number {
  return shapes.reduce((sum, { inputs, units }) => sum + layerLengthFloats(inputs, units), 0);
}

/**
 * Lays a network out: activations for up to `panels` panels, and gradients when it is to be trained.
 * @param weights where the parameters lie (they may be shared between programs).
 */
export function layoutNetwork(
  shapes: readonly LayerShape[],
  weights: number,
  panels: number,
  regions: RegionAllocator,
  mode: 'train' | 'predict',
): NetworkProgram {
  const features = shapes[0]!.inputs;
  const inputStride = panelStrideOf(features);
  const input = regions.take(panels * inputStride);
  const layers: LayerProgram[] = [];
  let previous = { address: input, stride: inputStride };
  let next = weights;
  for (const { inputs, units, activation } of shapes) {
    const smooth = isSmooth(activation) ? activation : null;
    const outputStride = panelStrideOf(units);
    const block = () => regions.take(panels * outputStride);
    const output = block();
    layers.push({
      inputs,
      units,
      weights: next,
      slope: isSmooth(activation) ? 1 : SLOPES[activation],
      activation: smooth,
      input: previous.address,
      inputStride: previous.stride,
      output,
      outputStride,
      gradient: mode === 'train' ? block() : 0,
      derivative: mode === 'train' && smooth !== null ? block() : 0,
    });
    previous = { address: output, stride: outputStride };
    next += layerLengthFloats(inputs, units) * 4;
  }
  const scratch = mode === 'train' ? regions.take(weightGradientScratchBytes(panels)) : 0;
  return { layers, input, inputStride, weights, weightsLength: paddedParameterCount(shapes), scratch };
}

/** Runs all layers on `panels` panels of gathered input; the last layer's output is the raw prediction. */
export function runForward(kernels: Kernels, program: NetworkProgram, panels: number): void {
  for (const layer of program.layers) {
    kernels.forward(
      layer.input,
      layer.inputStride,
      panels,
      layer.inputs,
      layer.weights,
      layer.units,
      layer.output,
      layer.outputStride,
      layer.slope,
    );
    if (layer.activation !== null) {
      const length = (panels * layer.outputStride) / 4;
      kernels.activate(layer.activation, layer.output, layer.derivative, length);
    }
  }
}

/**
 * Runs the layers backwards from the head's gradient and updates every layer's parameters.
 * A layer's weights are read for the input gradient before its own update.
 */
export function runBackward(
  kernels: Kernels,
  program: NetworkProgram,
  panels: number,
  updateBlock: number,
): void {
  const { layers, scratch } = program;
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index]!;
    if (index > 0) propagateGradient(kernels, layer, layers[index - 1]!, panels);
    kernels.weightGradient(
      layer.input,
      layer.inputStride,
      panels,
      layer.inputs,
      layer.gradient,
      layer.outputStride,
      layer.units,
      layer.weights,
      scratch,
      updateBlock,
    );
  }
}

function propagateGradient(kernels: Kernels, layer: LayerProgram, below: LayerProgram, panels: number): void {
  kernels.inputGradient(
    layer.gradient,
    layer.outputStride,
    panels,
    layer.units,
    layer.weights,
    layer.inputs,
    below.output,
    below.slope,
    below.gradient,
    below.outputStride,
  );
  if (below.activation !== null) {
    kernels.multiply(below.gradient, below.derivative, (panels * below.outputStride) / 4);
  }
}

/** Where the head finds what it compares with, in panels. */
export interface HeadInputs {
  readonly labels: number;
  readonly targets: number;
  readonly targetsStride: number;
  readonly rowWeights: number;
}

/**
 * The loss of the raw prediction, Σ weight·loss over the batch, and its gradient when asked.
 * @param outputs regression targets, or classes.
 */
export function runLoss(
  kernels: Kernels,
  loss: Loss,
  program: NetworkProgram,
  panels: number,
  outputs: number,
  head: HeadInputs,
  withGradient: boolean,
): number {
  const { output: z, outputStride: stride, gradient } = program.layers.at(-1)!;
  const dz = withGradient ? gradient : 0;
  switch (loss) {
    case 'softmaxCrossEntropy':
      return kernels.softmaxCrossEntropy(z, stride, panels, outputs, head.labels, head.rowWeights, dz);
    case 'binaryCrossEntropy':
      return kernels.binaryCrossEntropy(z, stride, panels, head.labels, head.rowWeights, dz);
    case 'squaredError':
      return kernels.squaredError(
        z,
        stride,
        panels,
        outputs,
        head.targets,
        head.targetsStride,
        head.rowWeights,
        dz,
      );
    case 'gaussianNll':
      return kernels.gaussianNll(
        z,
        stride,
        panels,
        outputs,
        head.targets,
        head.targetsStride,
        head.rowWeights,
        dz,
      );
    default:
      return loss satisfies never;
  }
}
