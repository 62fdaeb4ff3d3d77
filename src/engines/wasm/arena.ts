// What one member needs while it trains, laid out in its slot's part of the shared memory: parameters with
// their optimizer state, activations and gradients, row numbers, a batch's labels, targets and weights.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { UPDATE_BLOCK_BYTES } from '../../kernels/update-block.js';
import { orthogonaliseScratchBytes } from '../../kernels/weight-layout.js';
import { RegionAllocator, type TrainingLayout } from '../../memory/layout.js';
import { type TrainedShape, weightShapes } from '../../model/layers.js';
import { layerShapes } from '../../model/network.js';
import { evaluatedShapes, submodelsOf, trainedShapes } from '../../model/shared-weights.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { ArenaSizes } from '../shared/engine.js';
import { constantCount, type HeadInputs } from './losses.js';
import { layoutNetwork, type NetworkLayout, paddedParameterCount } from './network-layout.js';
import { type Block, PANEL, panelStrideOf, panelsOf } from './panels.js';
import { STEP_BLOCK_BYTES } from './step-block.js';
import { layoutSubmodels, type SubmodelsLayout, withSpread } from './submodels.js';
import { layoutTangents, type TangentLayout } from './tangents.js';
import { layoutUpdates, type MemberUpdates } from './update-blocks.js';

/** Byte offsets of every region of a member's arena. */
export interface Arena {
  readonly shapes: readonly TrainedShape[];
  /** Where submodels share weights: what their mean is made in; else null. */
  readonly submodels: SubmodelsLayout | null;
  readonly network: NetworkLayout;
  readonly firstMoment: number;
  /** 0 for sgd, which has no second moment. */
  readonly secondMoment: number;
  /** The best weights so far, under early stopping; else 0. */
  readonly kept: number;
  /** The average of the weights; 0 where none is taken. */
  readonly average: number;
  /** Swag: the mean of the weights, their squared deviations, and each of the last deviations; else none. */
  readonly swag: readonly number[];
  /** u32[examples]: the resample, and the order of the running epoch. */
  readonly inBag: number;
  readonly order: number;
  readonly examples: number;
  /** Mixup: u32[examples] beside the order, who is mixed with whom, and where; else null. */
  readonly mixup: MixupLayout | null;
  /** u32, behind the order: rows being evaluated. */
  readonly evaluated: number;
  readonly rowsEvaluated: number;
  /** u32[features]: the random subspace. */
  readonly columns: number;
  readonly head: HeadInputs;
  readonly updates: MemberUpdates;
  readonly stepBlock: number;
  /** Most panels of a batch. */
  readonly panels: number;
  /** For steps of more than one pass; null where one pass does. */
  readonly passes: PassesLayout | null;
  /** Tying in rounds: the tied layers' anchor, one layer after the other; else 0. */
  readonly anchor: number;
  /** Where the program of the member's steps lies, with nothing behind it. */
  readonly program: number;
}

/**
 * What a step needs whose gradient is whole before it is applied: adversarial training, tangent propagation,
 * exact tying, gradients that are clipped, Muon.
 */
export interface PassesLayout {
  /** f32, laid out like the weights. */
  readonly gradients: number;
  /** Update blocks that store into and add to the gradients. */
  readonly storeBlock: number;
  readonly addBlock: number;
  readonly attack: AttackLayout | null;
  readonly tangents: TangentLayout | null;
  readonly muon: MuonLayout | null;
}

/** Where Muon's update block of matrices and its scratch lie. */
export interface MuonLayout {
  readonly update: number;
  readonly scratch: number;
}

/** Where the rows that a batch is mixed with lie. */
export interface MixupLayout {
  readonly partners: number;
  readonly input: Block;
  readonly head: HeadInputs;
  /** Panels like the last layer's gradient. */
  readonly gradient: Block;
}

/** Where an attack works: all blocks are panels[inputs], the vectors f32[inputs]. */
export interface AttackLayout {
  /** The inputs before the attack, which then replaces them. */
  readonly origin: Block;
  readonly gradient: Block;
  readonly radius: number;
  readonly low: number;
  readonly high: number;
}

/** The lengths of a member's arena: any of a training evaluates at most as many rows as there are for it. */
export function arenaSizes({ candidates, validation }: TrainingLayout, inBag: number): ArenaSizes {
  return { inBag, evaluated: Math.max(candidates.length, validation.length) };
}

export function layoutArena(
  spec: NetworkMemberSpec,
  features: number,
  task: Task,
  sizes: ArenaSizes,
  start: number,
): Arena {
  const regions = new RegionAllocator(start);
  const members = layerShapes(spec, features, task);
  const shapes = evaluatedShapes(trainedShapes(spec, members));
  const panels = panelsOf(Math.min(spec.batchSize, Math.max(sizes.inBag, sizes.evaluated)));
  const length = paddedParameterCount(shapes);
  const weights = regions.takeWords(length);
  const rowWeights = regions.takeWords(panels * PANEL);
  const { dropout, activityPenalty, labelSmoothing } = spec;
  const techniques = { dropout, activityPenalty, hasTangents: spec.tangents !== null, rowWeights };
  const copies = panels * submodelsOf(spec);
  const network = withSpread(layoutNetwork(shapes, weights, copies, regions, 'train', techniques));
  const targetsStride = task.kind === 'regression' ? panelStrideOf(outputCount(task)) : 0;
  const constantWords = constantCount(spec, outputCount(task), (panels * targetsStride) / 4);
  const ofLoss: LossPlaces = {
    constants: regions.takeWords(constantWords),
    constantWords,
    scratch: spec.loss === 'multilabel' ? regions.take(panels * targetsStride) : 0,
  };
  return {
    shapes,
    submodels: spec.sharing === undefined ? null : layoutSubmodels(spec, shapes, panels, regions),
    firstMoment: regions.takeWords(length),
    secondMoment: spec.optimizer.kind === 'sgd' ? 0 : regions.takeWords(length),
    kept: spec.earlyStopping === null ? 0 : regions.takeWords(length),
    average: spec.weightAverage === undefined ? 0 : regions.takeWords(length),
    swag:
      spec.swag === undefined
        ? []
        : Array.from({ length: 2 + spec.swag.rank }, () => regions.takeWords(length)),
    network,
    inBag: regions.takeWords(sizes.inBag),
    order: regions.takeWords(sizes.inBag),
    mixup: layoutMixup(spec, network, { panels, examples: sizes.inBag, targetsStride, ofLoss }, regions),
    examples: sizes.inBag,
    evaluated: regions.takeWords(sizes.evaluated),
    rowsEvaluated: sizes.evaluated,
    columns: regions.takeWords(shapes[0]!.inputs),
    head: {
      labels: regions.takeWords(panels * PANEL),
      targets: { address: regions.take(panels * targetsStride), stride: targetsStride },
      rowWeights,
      labelSmoothing,
      ...ofLoss,
    },
    updates: layoutUpdates(shapes, spec.network.init, regions),
    stepBlock: regions.take(STEP_BLOCK_BYTES),
    panels,
    passes: layoutPasses(spec, network, panels, regions),
    anchor: spec.tying?.mode === 'rounds' ? regions.takeWords(length) : 0,
    program: regions.end,
  };
}

interface MixupSizes {
  readonly panels: number;
  readonly examples: number;
  readonly targetsStride: number;
  readonly ofLoss: LossPlaces;
}

/** What the loss has in the arena beside the truth. */
type LossPlaces = Pick<HeadInputs, 'constants' | 'constantWords' | 'scratch'>;

function layoutMixup(
  { mixup, labelSmoothing }: NetworkMemberSpec,
  { input, stages }: NetworkLayout,
  { panels, examples, targetsStride, ofLoss }: MixupSizes,
  regions: RegionAllocator,
): MixupLayout | null {
  if (mixup === undefined) return null;
  const like = ({ stride }: Block): Block => ({ address: regions.take(panels * stride), stride });
  return {
    // Between the order and the rows evaluated, as the limits of a step's rows have it.
    partners: regions.takeWords(examples),
    input: like(input),
    gradient: like(stages.at(-1)!.gradient),
    head: {
      labels: regions.takeWords(panels * PANEL),
      targets: { address: regions.take(panels * targetsStride), stride: targetsStride },
      rowWeights: regions.takeWords(panels * PANEL),
      labelSmoothing,
      ...ofLoss,
    },
  };
}

function layoutMuon({ stages }: NetworkLayout, regions: RegionAllocator): MuonLayout {
  const bytes = stages
    .flatMap(({ shape }) => weightShapes(shape))
    .map(({ inputs, units }) => orthogonaliseScratchBytes(inputs, units));
  return { update: regions.take(UPDATE_BLOCK_BYTES), scratch: regions.take(Math.max(16, ...bytes)) };
}

function layoutPasses(
  { adversarial, tangents, tying, gradientClip, optimizer }: NetworkMemberSpec,
  network: NetworkLayout,
  panels: number,
  regions: RegionAllocator,
): PassesLayout | null {
  const isMuon = optimizer.kind === 'muon';
  const isWhole = tying?.mode === 'exact' || gradientClip !== undefined || isMuon;
  if (adversarial === null && tangents === null && !isWhole) return null;
  const { inputs } = network.stages[0]!.shape;
  const { stride } = network.input;
  const like = (): Block => ({ address: regions.take(panels * stride), stride });
  const vector = () => regions.takeWords(inputs);
  return {
    gradients: regions.takeWords(network.weightsLength),
    storeBlock: regions.take(UPDATE_BLOCK_BYTES),
    addBlock: regions.take(UPDATE_BLOCK_BYTES),
    attack:
      adversarial === null
        ? null
        : { origin: like(), gradient: like(), radius: vector(), low: vector(), high: vector() },
    tangents: tangents === null ? null : layoutTangents(network, panels, regions),
    muon: isMuon ? layoutMuon(network, regions) : null,
  };
}
