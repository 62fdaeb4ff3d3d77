// The program of a member in training: its step, in one part or in two, and what comes between steps and epochs.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { ProgramBuilder } from '../../kernels/program-builder.js';
import { NEGLIGIBLE_MOMENT } from '../../kernels/update-block.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { ArenaSizes } from '../shared/engine.js';
import { type Arena, layoutArena } from './arena.js';
import { createGather, type DataPlaces } from './batch.js';
import { callLoss } from './losses.js';
import { movedNetwork } from './network-layout.js';
import { type BoundNetwork, bindNetwork, callForward } from './passes.js';
import { STEP } from './step-block.js';
import { asTrained, callMeanLoss } from './submodels.js';
import { callApply, callDifferentiate, type StepParts } from './training-step.js';
import { tiedRanges } from './tying.js';

/** Numbers of the program's segments. */
export interface TrainingSegments {
  /** Puts the examples in the epoch's order. */
  readonly order: number;
  /** A whole step, and its two halves. */
  readonly step: number;
  readonly differentiate: number;
  readonly apply: number;
  /** Draws tied layers toward their anchor. */
  readonly pull: number;
  /** Draws the average of the weights toward them. */
  readonly average: number;
  /** Rids moments of what is negligible. */
  readonly flush: number;
  /** The loss of a batch, without chance or gradient. */
  readonly evaluate: number;
}

export interface TrainingProgram {
  readonly calls: ProgramBuilder;
  readonly segments: TrainingSegments;
}

/** @param hasColumns whether the arena's columns restrict the features. */
export function trainingProgram(
  spec: NetworkMemberSpec,
  task: Task,
  arena: Arena,
  data: DataPlaces,
  hasColumns: boolean,
): TrainingProgram {
  const calls = new ProgramBuilder();
  const network = bindNetwork(calls, asTrained(arena.network, arena.submodels));
  // Submodels that divide batches are judged by their mean on all rows.
  const judged = arena.submodels === null ? network : bindNetwork(calls, arena.network);
  const gather = createGather(calls, data, arena, task, hasColumns);
  const tangents = tangentNumbers(spec, data);
  const parts: StepParts = { network, arena, gather, spec, task, tangents };
  const halves = { differentiate: 0, apply: 0 };
  const step = calls.segment(() => {
    halves.differentiate = calls.segment(() => callDifferentiate(parts));
    halves.apply = calls.segment(() => callApply(parts));
  });
  const segments: TrainingSegments = {
    ...{ step, ...halves },
    order: calls.segment(() => callShuffle(calls, arena)),
    pull: calls.segment(() => callPull(calls, arena, spec)),
    average: calls.segment(() => callAverage(calls, arena)),
    flush: calls.segment(() => callFlush(calls, arena)),
    evaluate: calls.segment(() => {
      const result = resultOf(calls, judged, arena);
      gather.batch();
      const { head, submodels } = arena;
      callForward(result, STEP.panels);
      if (submodels !== null) callMeanLoss(result, submodels, spec, outputCount(task), head);
      else callLoss(result, spec, STEP.panels, outputCount(task), head, false);
    }),
  };
  return { calls, segments };
}

/** Bytes a member needs while it trains. */
export function arenaBytes(spec: NetworkMemberSpec, features: number, task: Task, sizes: ArenaSizes): number {
  const arena = layoutArena(spec, features, task, sizes, 0);
  // Where data lie changes no length; a random subspace adds an argument.
  return arena.program + trainingProgram(spec, task, arena, noData(spec), true).calls.bytes;
}

function noData({ tangents }: NetworkMemberSpec): DataPlaces {
  const dataset = {
    ...{ rows: 0, features: 0, x: 0, xStrideBytes: 0, labels: 0, targets: 0, targetsStrideBytes: 0 },
    ...{ rowWeights: 0, groups: 0, times: 0, timeGap: 0 },
  };
  return { dataset, tangents: { address: 0, sources: tangents?.sources ?? [] } };
}

/** Which of each row's tangent vectors the member uses. */
function tangentNumbers({ tangents }: NetworkMemberSpec, { tangents: { sources } }: DataPlaces): number[] {
  return [...sources.keys()].filter((number) => tangents?.sources.includes(sources[number]!) === true);
}

/** Puts the examples in the epoch's order. */
function callShuffle(calls: ProgramBuilder, { inBag, order, examples, mixup }: Arena): void {
  calls.copy(inBag, order, Math.ceil(examples / 4) * 16, 1);
  calls.shuffle(order, examples, STEP.orderKey0, STEP.orderKey1);
  if (mixup === null) return;
  calls.copy(inBag, mixup.partners, Math.ceil(examples / 4) * 16, 1);
  calls.shuffle(mixup.partners, examples, STEP.partnerKey0, STEP.partnerKey1);
}

/** The network of a member as it stands: of its averaged weights where they are averaged. */
function resultOf(calls: ProgramBuilder, network: BoundNetwork, arena: Arena): BoundNetwork {
  // From the layout: a bound network would keep the operators of the weights themselves.
  return arena.average === 0 ? network : bindNetwork(calls, movedNetwork(arena.network, arena.average));
}

function callAverage(calls: ProgramBuilder, { average, network }: Arena): void {
  if (average === 0) return;
  calls.pullToward(average, network.weights, network.weightsLength, STEP.averageShare);
}

/**
 * w ← (w + βa) / (1 + β), β = 2ηλg: one implicit step of size η down Ω = λ Σ_{i<j} ‖wᵢ − wⱼ‖², whose gradient
 * for one of g members is 2λg (w − w̄), with the mean w̄ held at the anchor a. Stable for any strength λ.
 */
function callPull(calls: ProgramBuilder, arena: Arena, { tying }: NetworkMemberSpec): void {
  if (tying === null || arena.anchor === 0) return;
  let from = arena.anchor;
  for (const { start, length } of tiedRanges(arena.network, tying)) {
    calls.pullToward(arena.network.weights + start * 4, from, length, STEP.pullShare);
    from += length * 4;
  }
}

function callFlush(calls: ProgramBuilder, arena: Arena): void {
  const { firstMoment, secondMoment, network } = arena;
  calls.flushDenormals(firstMoment, network.weightsLength, NEGLIGIBLE_MOMENT);
  if (secondMoment !== 0) calls.flushDenormals(secondMoment, network.weightsLength, NEGLIGIBLE_MOMENT);
}
