// Soft gradient boosting as calls: submodels side by side, of which each learns the pseudo-residuals of the sum F of those
// before it, on the same batch and in the same step. What is left is a target like any other: the gradient does not go
// through F into the submodels before.
//
// Source: Feng, Xu, Jiang, Zhou (2020), Soft gradient boosting machine, algorithm 1: F begins at 0, and all are taught by
// squared error. Here the loss of a step is the mean of the submodels' and not their sum, as of all that share weights.

import { roundUp4 } from '../../kernels/weight-layout.js';
import type { RegionAllocator } from '../../memory/layout.js';
import type { TrainedShape } from '../../model/layers.js';
import type { LossSpec } from '../../model/losses.js';
import { scaleOfSum } from '../../model/shared-weights.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import { callLoss, type HeadInputs } from './losses.js';
import { type Block, PANEL, panelStrideOf } from './panels.js';
import type { BoundNetwork } from './passes.js';
import { STEP } from './step-block.js';

/** What a sum is made in. All blocks are panels of raw outputs. */
export interface BoostingLayout {
  readonly units: number;
  /** F, of the submodels so far. */
  readonly sum: Block;
  /** The gradient of the loss in F, then what a submodel adds to F. */
  readonly scratch: Block;
  readonly residual: Block;
  /** f32, one for each example of a batch: 1. */
  readonly ones: number;
  /** f32[roundUp4(units)] each, factors of every output: of the gradient for pseudo-residuals, of a submodel and of the mean. */
  readonly toResidual: number;
  readonly shrinkage: number;
  readonly ofMean: number;
}

export function layoutBoosting(
  shapes: readonly TrainedShape[],
  panels: number,
  regions: RegionAllocator,
): BoostingLayout {
  const { units } = shapes.at(-1)!;
  const stride = panelStrideOf(units);
  const block = (): Block => ({ address: regions.take(panels * stride), stride });
  const factors = () => regions.takeWords(roundUp4(units));
  return {
    ...{ units, sum: block(), scratch: block(), residual: block() },
    ones: regions.takeWords(panels * PANEL),
    ...{ toResidual: factors(), shrinkage: factors(), ofMean: factors() },
  };
}

/** Writes what calls read in every step and nothing changes. */
export function writeBoosting(
  buffer: ArrayBufferLike,
  { units, toResidual, shrinkage, ofMean }: BoostingLayout,
  { loss, sharing }: NetworkMemberSpec,
): void {
  const write = (address: number, factor: number) =>
    new Float32Array(buffer, address, roundUp4(units)).fill(factor, 0, units);
  // Of the mean of squares over the outputs the gradient is 2 (F − y) / outputs; what is left is y − F.
  write(toResidual, loss === 'squaredError' ? -units / 2 : -1);
  write(shrinkage, sharing!.shrinkage!);
  write(ofMean, scaleOfSum(sharing!));
}

/** F ← 0, before the first submodel of a step. */
export function callClearSum({ calls }: BoundNetwork, { sum, ones }: BoostingLayout): void {
  calls.clear(sum.address, sum.stride, STEP.panels);
  calls.gatherWeights(0, STEP.indices, STEP.count, 1, ones);
}

/**
 * The squared error of a submodel to the pseudo-residuals of F, with its gradient; then F grows by its share of the submodel.
 * @param network whose last stage is the submodel's.
 */
export function callResidualLoss(
  network: BoundNetwork,
  { units, sum, scratch, residual, ones, toResidual, shrinkage }: BoostingLayout,
  spec: LossSpec,
  outputs: number,
  head: HeadInputs,
): void {
  const { calls, stages } = network;
  const last = stages.at(-1)!;
  const { panels } = STEP;
  const scale = ({ address, stride }: Block, factors: number, out: Block) =>
    calls.scaleSubmodels(address, stride, 0, panels, units, 1, factors, 0, out.address, out.stride, 1);
  const ofSum = { ...network, stages: [{ ...last, output: sum, gradient: scratch }] };
  // Of whole rows, so that weights count once, with the squares.
  const unweighted = { ...head, rowWeights: ones };
  calls.uncounted(() => callLoss(ofSum, spec, panels, outputs, unweighted, true));
  scale(scratch, toResidual, residual);
  callLoss(network, { loss: 'squaredError' }, panels, units, { ...head, targets: residual }, true);
  scale(last.output, shrinkage, scratch);
  calls.add(sum.address, scratch.address, sum.stride, panels);
}

/** The loss of the sum of all, without gradient. @param mean of their raw outputs. */
export function callSumLoss(
  network: BoundNetwork,
  { units, sum, ofMean }: BoostingLayout,
  mean: Block,
  spec: LossSpec,
  outputs: number,
  head: HeadInputs,
): void {
  const { calls, stages } = network;
  const { panels } = STEP;
  const from = [mean.address, mean.stride, 0, panels, units, 1, ofMean, 0] as const;
  calls.scaleSubmodels(...from, sum.address, sum.stride, 1);
  const last = { ...stages.at(-1)!, output: sum };
  callLoss({ ...network, stages: [last] }, spec, panels, outputs, head, false);
}
