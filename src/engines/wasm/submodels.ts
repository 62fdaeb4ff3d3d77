// Passes of submodels that share weights: what training and evaluation do with all of them at once. Panels of the batch are
// copied, submodel after submodel, at the first layer that is theirs: panel p of the batch is panel p·k + j of submodel j,
// so that one of them alone is a block whose stride is k times as long. Or the batch is divided: panel q is submodel q mod k's.

import type { Operand } from '../../kernels/operand.js';
import type { ProgramBuilder } from '../../kernels/program-builder.js';
import type { RegionAllocator } from '../../memory/layout.js';
import type { TrainedShape } from '../../model/layers.js';
import type { LossSpec } from '../../model/losses.js';
import { firstSpread, seesWholeBatch, submodelsOf } from '../../model/shared-weights.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import {
  type BoostingLayout,
  callClearSum,
  callResidualLoss,
  callSumLoss,
  layoutBoosting,
} from './boosting.js';
import { callLoss, type HeadInputs } from './losses.js';
import type { NetworkLayout } from './network-layout.js';
import { type Block, panelStrideOf } from './panels.js';
import type { BoundNetwork } from './passes.js';
import { STEP } from './step-block.js';

export interface SubmodelsLayout {
  readonly count: number;
  /** Whether each trains on all examples of a batch. */
  readonly whole: boolean;
  /** The mean of their answers. */
  readonly mean: Block;
  /** Of binary heads: both log probabilities of each; else address 0. */
  readonly pair: Block;
  /** Where they are boosted: what their sum is made in; else null. */
  readonly boosting: BoostingLayout | null;
}

export function layoutSubmodels(
  spec: NetworkMemberSpec,
  shapes: readonly TrainedShape[],
  panels: number,
  regions: RegionAllocator,
): SubmodelsLayout {
  const count = submodelsOf(spec);
  const block = (rows: number, copies: number): Block => {
    const stride = panelStrideOf(rows);
    return { address: regions.take(copies * panels * stride), stride };
  };
  const binary = spec.loss === 'binaryCrossEntropy';
  return {
    ...{ count, whole: seesWholeBatch(spec) },
    mean: block(Math.max(2, shapes.at(-1)!.units), 1),
    pair: binary ? block(2, count) : { address: 0, stride: panelStrideOf(2) },
    boosting: spec.sharing?.kind === 'softBoosting' ? layoutBoosting(shapes, panels, regions) : null,
  };
}

/** A network whose submodels all see every row; others are as they were. */
export function withSpread(network: NetworkLayout): NetworkLayout {
  const from = firstSpread(network.stages.map(({ shape }) => shape));
  return from < 0 ? network : { ...network, spread: { from, panels: STEP.submodelPanels } };
}

/** The network as it is trained: without copies where submodels divide the batch. */
export function asTrained(network: NetworkLayout, submodels: SubmodelsLayout | null): NetworkLayout {
  const { spread } = network;
  if (submodels === null || submodels.whole || spread === undefined) return network;
  const stages = network.stages.map((stage, index) => {
    const { shape } = stage;
    const isFirst = index === spread.from && (shape.kind === 'shared' || shape.kind === 'own');
    return isFirst ? { ...stage, shape: { ...shape, repeats: false } } : stage;
  });
  return { ...network, stages, spread: undefined };
}

/** Each submodel's loss on its copy of the batch, with the gradient. */
export function callSubmodelLosses(
  network: BoundNetwork,
  { count, boosting }: SubmodelsLayout,
  spec: LossSpec,
  outputs: number,
  head: HeadInputs,
): void {
  const last = network.stages.at(-1)!;
  if (boosting !== null) callClearSum(network, boosting);
  for (let submodel = 0; submodel < count; submodel++) {
    const part = ({ address, stride }: Block): Block => ({
      address: address + submodel * stride,
      stride: stride * count,
    });
    const stage = { ...last, output: part(last.output), gradient: part(last.gradient) };
    const own = { ...network, stages: [stage] };
    if (boosting === null) callLoss(own, spec, STEP.panels, outputs, head, true);
    else callResidualLoss(own, boosting, spec, outputs, head);
  }
}

/**
 * The loss of the submodels' mean: of the mean probability of each class, and of the mean of whatever else their last layers
 * put out; where they are boosted, of their sum.
 */
export function callMeanLoss(
  network: BoundNetwork,
  { count, mean, pair, boosting }: SubmodelsLayout,
  spec: LossSpec,
  outputs: number,
  head: HeadInputs,
): void {
  const { calls } = network;
  const last = network.stages.at(-1)!;
  const { output, shape } = last;
  const { panels, submodelPanels } = STEP;
  if (boosting !== null) {
    callMean(calls, output, panels, shape.units, count, 0, mean);
    callSumLoss(network, boosting, mean, spec, outputs, head);
    return;
  }
  if (spec.loss === 'softmaxCrossEntropy') {
    calls.logSoftmax(output.address, output.stride, submodelPanels, shape.units);
    callMean(calls, output, panels, shape.units, count, 1, mean);
  } else if (spec.loss === 'binaryCrossEntropy') {
    calls.binaryLogProbabilities(output.address, output.stride, submodelPanels, pair.address, pair.stride);
    callMean(calls, pair, panels, 2, count, 1, mean);
    // Log probabilities are logits of themselves.
    calls.softmaxCrossEntropy(mean.address, mean.stride, panels, 2, head.labels, head.rowWeights, 0);
    return;
  } else {
    callMean(calls, output, panels, shape.units, count, 0, mean);
  }
  callLoss({ ...network, stages: [{ ...last, output: mean }] }, spec, panels, outputs, head, false);
}

function callMean(
  calls: ProgramBuilder,
  z: Block,
  panels: Operand,
  rows: number,
  count: number,
  ofProbabilities: 0 | 1,
  out: Block,
): void {
  const to = [out.address, out.stride] as const;
  calls.meanOfSubmodels(z.address, z.stride, panels, rows, count, ofProbabilities, ...to);
}
