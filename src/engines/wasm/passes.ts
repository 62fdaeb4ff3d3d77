// The passes of a network, forward and backward, as calls of a program. It draws no random numbers and knows no epochs
// and no losses.

import { activationKind } from '../../kernels/activation-kind.js';
import type { Operand } from '../../kernels/operand.js';
import type { ProgramBuilder } from '../../kernels/program-builder.js';
import { learnedRows } from '../../model/embedding-layer.js';
import { applyFactors, applyMask, maskGradient } from './dropout.js';
import { type NetworkLayout, panelsAt, type StageLayout } from './network-layout.js';
import type { Operator } from './operator-kind.js';
import { bindOperator } from './operators.js';
import { sameUpdate, type UpdateBlocks } from './update-blocks.js';

/** A stage that calls can be made of. */
export interface Stage extends StageLayout {
  readonly operator: Operator;
}

/** A network bound to the program that its passes become part of. */
export interface BoundNetwork extends NetworkLayout {
  readonly stages: readonly Stage[];
  readonly calls: ProgramBuilder;
}

export function bindNetwork(calls: ProgramBuilder, layout: NetworkLayout): BoundNetwork {
  // Not by spreading: in code that runs as seldom as this, V8 gives every spread object a shape of its own.
  const stages = layout.stages.map((stage) => Object.assign({ operator: bindOperator(calls, stage) }, stage));
  return Object.assign({ calls }, layout, { stages });
}

/** Whether units are dropped by the masks of the step, or all kept and scaled by their factors. */
export type Pass = 'training' | 'evaluation';

/**
 * All stages on `panels` panels of gathered input; the last stage's output is the raw prediction.
 * A training pass applies masks that were drawn before (drawMasks): all passes of a step share them.
 */
export function callForward(network: BoundNetwork, panels: Operand, pass: Pass = 'evaluation'): void {
  const { calls, stages, inputDropout } = network;
  const drop = pass === 'training' ? applyMask : applyFactors;
  if (inputDropout !== null) drop(calls, inputDropout, panels);
  for (let index = 0; index < stages.length; index++) {
    const { operator, input, output, slope, activation, derivative, secondDerivative, dropout } =
      stages[index]!;
    const own = panelsAt(network, index, panels);
    const { address, stride } = output;
    operator.forward(input, output, own, slope);
    if (activation !== null) {
      const kind = activationKind(activation);
      if (secondDerivative !== 0) calls.secondDerivative(kind, address, secondDerivative, stride, own);
      calls.activate(kind, address, derivative, stride, own);
    }
    if (dropout !== null) drop(calls, dropout, own);
  }
}

/** As an evaluation of {@link callForward}, for the one example in lane 0; what is in the other lanes does not matter. */
export function callForwardRow({ calls, stages, inputDropout }: BoundNetwork): void {
  if (inputDropout !== null) applyFactors(calls, inputDropout, 1);
  for (const { operator, input, output, slope, activation, dropout } of stages) {
    operator.forwardRow(input, output, slope);
    if (activation !== null) {
      calls.activate(activationKind(activation), output.address, 0, output.stride, 1);
    }
    if (dropout !== null) applyFactors(calls, dropout, 1);
  }
}

/**
 * The stages backwards from the head's gradient; every matrix's gradient is handed to the update block of its role.
 * A layer's weights are read for the input gradient before its own update.
 * @param withCurvature adds what tangents that passed before owe to the activations.
 * @param skipsFirst leaves out what nothing is learned from of the first stage's gradient, which nobody else may ask for then.
 */
export function callBackward(
  network: BoundNetwork,
  panels: Operand,
  updates: readonly UpdateBlocks[] | number,
  withCurvature = false,
  skipsFirst = false,
): void {
  const { calls, stages } = network;
  const all = typeof updates === 'number' ? sameUpdate(updates) : null;
  for (let index = stages.length - 1; index >= 0; index--) {
    const { operator, input, gradient } = stages[index]!;
    const own = panelsAt(network, index, panels);
    if (index > 0) {
      const below = stages[index - 1]!;
      const { address, stride } = below.gradient;
      if (index === 1 && skipsFirst) callLearnedGradient(network, panels);
      else callGradientBelow(network, index, panels);
      const next = panelsAt(network, index - 1, panels);
      if (below.activityPenalty !== 0) addActivityGradient(network, below, next);
      if (below.dropout !== null) maskGradient(calls, below.dropout, below.gradient, next);
      if (below.activation !== null) {
        calls.multiply(address, below.derivative, stride, next);
        if (withCurvature) calls.add(address, below.curvature, stride, next);
      }
    }
    operator.weightGradient(input, gradient, own, all ?? (updates as readonly UpdateBlocks[])[index]!);
  }
}

/** The gradient of embedded inputs, at least of all that is learned there. */
function callLearnedGradient(network: BoundNetwork, panels: Operand): void {
  const [embedding, { operator, gradient, shape }] = network.stages as [Stage, Stage];
  if (embedding.shape.kind !== 'embedding' || embedding.skipGradients.length > 0) {
    callGradientBelow(network, 1, panels);
    return;
  }
  const rows = learnedRows(embedding.shape);
  const { output, gradient: into } = embedding;
  // Some operators prepare the gradient of their weights with that of their inputs.
  if (rows.length === 0 && (shape.kind === 'dense' || shape.kind === 'factors')) return;
  if (operator.inputGradientOf === undefined) callGradientBelow(network, 1, panels);
  else operator.inputGradientOf(rows, gradient, output, into, panelsAt(network, 1, panels));
}

/**
 * The gradient of the stage below one, of the sum of all that its output reaches, through its slope and through nothing else that is
 * done with its output.
 */
export function callGradientBelow(network: BoundNetwork, index: number, panels: Operand): void {
  const { calls, stages } = network;
  const { operator, gradient } = stages[index]!;
  const own = panelsAt(network, index, panels);
  const next = panelsAt(network, index - 1, panels);
  const { output, slope, gradient: into, skipGradients } = stages[index - 1]!;
  const { address, stride } = into;
  if (skipGradients.length === 0) {
    operator.inputGradient(gradient, output, into, own, slope);
    return;
  }
  operator.inputGradient(gradient, output, into, own, 1);
  for (const skipped of skipGradients) calls.add(address, skipped.address, stride, next);
  if (slope !== 1) calls.multiplySlope(address, output.address, slope, stride, next);
}

/** Adds α·w·sign(h) to a stage's gradient, through its slope, which is in the gradient already. */
function addActivityGradient({ calls, rowWeights }: BoundNetwork, stage: Stage, panels: Operand): void {
  const { gradient, output, shape, activityPenalty, slope } = stage;
  const { address, stride } = gradient;
  calls.addActivityGradient(
    ...([address, output.address, stride, panels, shape.units] as const),
    ...([rowWeights, activityPenalty, slope] as const),
  );
}
