// A network compiled to fixed addresses: the stages it runs through, which regions of an arena they use,
// and the kernel calls of a forward pass and of a training step, in order. It draws no random numbers and
// knows no epochs.
//
// Activations and gradients are batch panels, f32[panels][rows][8]: eight examples side by side in each
// vector pair, so every kernel is free of batch remainders. See src/kernels/kernels.ts for the formats.

import type { Kernels, SmoothActivation } from '../../kernels/kernels.js';
import { layerLengthFloats, roundUp4 } from '../../kernels/weight-layout.js';
import type { RegionAllocator } from '../../memory/layout.js';
import { type LayerShape, weightShape } from '../../model/network.js';
import type { Activation, ActivityPenaltySpec, DropoutSpec } from '../../model/spec.js';
import { applyFactors, applyMask, type DropoutLayout, layoutDropout, maskGradient } from './dropout.js';
import { type Block, createOperator, type Operator, operatorScratchBytes } from './operators.js';

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

/** Slopes of the leaky family max(z, slope·z), which the forward kernels apply themselves. */
const SLOPES: Readonly<Record<Exclude<Activation, SmoothActivation>, number>> = {
  linear: 1,
  relu: 0,
  leakyRelu: 0.01,
};

/** Whether an activation is a kernel of its own, outside the leaky family. */
function isSmooth(activation: Activation): activation is SmoothActivation {
  return !(activation in SLOPES);
}

/** Where one layer's numbers lie. */
export interface StageLayout {
  readonly shape: LayerShape;
  /** The parameters: W in column panels, then the bias. */
  readonly weights: number;
  /** i32, laid out like the output: what a max pooling took, while training; else 0. */
  readonly choice: number;
  /** Applied by the operator; 1 leaves z as it is. */
  readonly slope: number;
  /** Applied after the operator, or null for the leaky family. */
  readonly activation: SmoothActivation | null;
  readonly input: Block;
  readonly output: Block;
  /** ∂J/∂z of this layer; address 0 in a program that only predicts. */
  readonly gradient: Block;
  /** Activation derivatives of smooth activations while training; else 0. */
  readonly derivative: number;
  /** Of smooth activations under tangent propagation, laid out like the output: d²h/dz², else 0. */
  readonly secondDerivative: number;
  /** Beside it: what tangents add to ∂J/∂z. */
  readonly curvature: number;
  /** Of the output, after the activation. */
  readonly dropout: DropoutLayout | null;
  /** α of the activity penalty on the output, after dropout; 0 for none. */
  readonly activityPenalty: number;
}

export interface NetworkLayout {
  readonly stages: readonly StageLayout[];
  /** Input panels, written by a gather. */
  readonly input: Block;
  /** The first stage then reads the masked copy of the input. */
  readonly inputDropout: DropoutLayout | null;
  /** f32[8 × panels]: weights of the examples in the loss; read where an activity penalty is on. */
  readonly rowWeights: number;
  /** Start of all parameters and their padded length: the layout of the optimizer's moments too. */
  readonly weights: number;
  readonly weightsLength: number;
  /** Scratch of the operators, which run one after the other. */
  readonly scratch: number;
}

/** Padded length in floats of all layers' parameters. */
export function paddedParameterCount(shapes: readonly LayerShape[]): number {
  return shapes
    .map(weightShape)
    .reduce((sum, { inputs, units }) => sum + layerLengthFloats(inputs, units), 0);
}

/** What a member's spec does to activations beside the layers themselves. */
export interface ActivationTechniques {
  readonly dropout: DropoutSpec | null;
  readonly activityPenalty: ActivityPenaltySpec | null;
  /** Whether tangents will pass through. */
  readonly hasTangents: boolean;
  /** Where the batch's weights in the loss lie. */
  readonly rowWeights: number;
}

/** A network of its layers alone. */
export const NO_TECHNIQUES: ActivationTechniques = {
  dropout: null,
  activityPenalty: null,
  hasTangents: false,
  rowWeights: 0,
};

/**
 * Lays a network out: activations for up to `panels` panels, and gradients when it is to be trained.
 * @param weights where the parameters lie.
 */
export function layoutNetwork(
  shapes: readonly LayerShape[],
  weights: number,
  panels: number,
  regions: RegionAllocator,
  mode: 'train' | 'predict',
  { dropout, activityPenalty, hasTangents, rowWeights }: ActivationTechniques = NO_TECHNIQUES,
): NetworkLayout {
  const block = (rows: number): Block => {
    const stride = panelStrideOf(rows);
    return { address: regions.take(panels * stride), stride };
  };
  /** Dropout of layer `layer`'s output, 0 being the input; null where everything is kept. */
  const drop = (layer: number, rows: number, source: Block, output: () => Block): DropoutLayout | null => {
    const keep = (layer === 0 ? dropout?.inputKeep : dropout?.hiddenKeep[layer - 1]) ?? 1;
    if (dropout === null || keep === 1) return null;
    const blocks = { source, output: output(), rows, panels };
    return layoutDropout({ keep, scaling: dropout.scaling }, layer, blocks, regions, mode);
  };
  const { inputs } = shapes[0]!;
  const input = block(inputs);
  const inputDropout = drop(0, inputs, input, () => block(inputs));
  const stages: StageLayout[] = [];
  let below = inputDropout?.output ?? input;
  let next = weights;
  for (const shape of shapes) {
    const { units, activation } = shape;
    const smooth = isSmooth(activation) ? activation : null;
    const output = block(units);
    const trains = mode === 'train';
    stages.push({
      shape,
      weights: next,
      choice: trains && shape.kind === 'maxPool' ? block(units).address : 0,
      slope: isSmooth(activation) ? 1 : SLOPES[activation],
      activation: smooth,
      input: below,
      output,
      gradient: trains ? block(units) : { address: 0, stride: output.stride },
      derivative: trains && smooth !== null ? block(units).address : 0,
      secondDerivative: hasTangents && smooth !== null ? block(units).address : 0,
      curvature: hasTangents && smooth !== null ? block(units).address : 0,
      dropout: drop(stages.length + 1, units, output, () => output),
      activityPenalty: activityPenalty?.layers.includes(stages.length + 1) ? activityPenalty.strength : 0,
    });
    below = output;
    next += paddedParameterCount([shape]) * 4;
  }
  const scratch = regions.take(Math.max(...shapes.map((shape) => operatorScratchBytes(shape, panels, mode))));
  const weightsLength = paddedParameterCount(shapes);
  return { stages, input, inputDropout, rowWeights, weights, weightsLength, scratch };
}

/** A stage ready to run. */
export interface Stage extends StageLayout {
  readonly operator: Operator;
}

/** A network bound to kernels. */
export interface NetworkProgram extends NetworkLayout {
  readonly stages: readonly Stage[];
  readonly kernels: Kernels;
}

export function bindNetwork(kernels: Kernels, layout: NetworkLayout): NetworkProgram {
  // Not by spreading: in code that runs as seldom as this, V8 gives every spread object a shape of its own,
  // and what it compiled for a step with one shape is thrown away with the next member.
  const stages = layout.stages.map((stage) =>
    Object.assign({ operator: createOperator(kernels, stage, layout.scratch) }, stage),
  );
  return Object.assign({ kernels }, layout, { stages });
}

/** Floats of a block over `panels` panels. */
export function lengthOf({ stride }: Block, panels: number): number {
  return (panels * stride) / 4;
}

/** Whether units are dropped by the masks of the step, or all kept and scaled by their factors. */
export type Pass = 'training' | 'evaluation';

/**
 * Runs all stages on `panels` panels of gathered input; the last stage's output is the raw prediction.
 * A training pass applies masks that were drawn before (drawMasks): all passes of a step share them.
 */
export function runForward(
  { kernels, stages, inputDropout }: NetworkProgram,
  panels: number,
  pass: Pass = 'evaluation',
): void {
  const drop = pass === 'training' ? applyMask : applyFactors;
  if (inputDropout !== null) drop(kernels, inputDropout, panels);
  for (const stage of stages) {
    const { operator, input, output, slope, activation, derivative, secondDerivative, dropout } = stage;
    operator.forward(input, output, panels, slope);
    if (activation !== null) {
      if (secondDerivative !== 0) {
        kernels.secondDerivative(activation, output.address, secondDerivative, lengthOf(output, panels));
      }
      kernels.activate(activation, output.address, derivative, lengthOf(output, panels));
    }
    if (dropout !== null) drop(kernels, dropout, panels);
  }
}

/** As an evaluation of {@link runForward}, for the one example in lane 0; what is in the other lanes does not matter. */
export function runForwardRow({ kernels, stages, inputDropout }: NetworkProgram): void {
  if (inputDropout !== null) applyFactors(kernels, inputDropout, 1);
  for (const { operator, input, output, slope, activation, dropout } of stages) {
    operator.forwardRow(input, output, slope);
    if (activation !== null) kernels.activate(activation, output.address, 0, lengthOf(output, 1));
    if (dropout !== null) applyFactors(kernels, dropout, 1);
  }
}

/**
 * Runs the stages backwards from the head's gradient and hands every layer's gradient to the update block.
 * A layer's weights are read for the input gradient before its own update.
 * @param withCurvature adds what tangents that passed before owe to the activations.
 */
export function runBackward(
  program: NetworkProgram,
  panels: number,
  updateBlock: number,
  withCurvature = false,
): void {
  const { kernels, stages } = program;
  for (let index = stages.length - 1; index >= 0; index--) {
    const { operator, input, gradient } = stages[index]!;
    if (index > 0) {
      const below = stages[index - 1]!;
      operator.inputGradient(gradient, below.output, below.gradient, panels, below.slope);
      if (below.activityPenalty !== 0) addActivityGradient(program, below, panels);
      if (below.dropout !== null) maskGradient(kernels, below.dropout, below.gradient, panels);
      if (below.activation !== null) {
        kernels.multiply(below.gradient.address, below.derivative, lengthOf(below.gradient, panels));
        if (withCurvature) {
          kernels.add(below.gradient.address, below.curvature, lengthOf(below.gradient, panels));
        }
      }
    }
    operator.weightGradient(input, gradient, panels, updateBlock);
  }
}

/** Adds α·w·sign(h) to a stage's gradient, through its slope, which is in the gradient already. */
function addActivityGradient({ kernels, rowWeights }: NetworkProgram, stage: Stage, panels: number): void {
  const { gradient, output, shape, activityPenalty, slope } = stage;
  const { address, stride } = gradient;
  kernels.addActivityGradient(
    ...([address, output.address, stride, panels, shape.units] as const),
    ...([rowWeights, activityPenalty, slope] as const),
  );
}

/** Every dropout of a program, in the order of its layers. */
export function dropoutsOf({ inputDropout, stages }: NetworkLayout): readonly DropoutLayout[] {
  return [inputDropout, ...stages.map(({ dropout }) => dropout)].filter((dropout) => dropout !== null);
}
