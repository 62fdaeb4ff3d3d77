// A network compiled to fixed addresses: the kernel calls of a forward pass and of a training step, in order. It draws
// no random numbers and knows no epochs and no losses.

import type { Kernels } from '../../kernels/kernels.js';
import { applyFactors, applyMask, maskGradient } from './dropout.js';
import type { NetworkLayout, StageLayout } from './network-layout.js';
import { createOperator, type Operator } from './operators.js';
import { lengthOf } from './panels.js';

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
