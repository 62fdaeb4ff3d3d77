// One update of a member's parameters as calls: the passes that its techniques ask for, in order. A plain step is one
// pass with the optimizer fused into the weight gradient; where passes must add up, gradients go to a buffer first.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import type { Calls } from '../../kernels/operation-calls.js';
import { writeUpdate } from '../../kernels/update-block.js';
import { biasLengthFloats, weightLengthFloats } from '../../kernels/weight-layout.js';
import { weightShapes } from '../../model/layers.js';
import type { AdversarialSpec, NetworkMemberSpec, OptimizerSpec } from '../../model/spec.js';
import { attackBall, attackStep, type FeatureRanges } from '../../techniques/perturb.js';
import type { Arena, AttackLayout, MixupLayout, MuonLayout, PassesLayout } from './arena.js';
import type { Gather } from './batch.js';
import { drawMasks } from './dropout.js';
import { callFirstInputGradient, callInputGradient } from './input-gradient.js';
import { callLoss } from './losses.js';
import { dropoutsOf, panelsAt } from './network-layout.js';
import { type BoundNetwork, callBackward, callForward } from './passes.js';
import { STEP } from './step-block.js';
import { callSubmodelLosses } from './submodels.js';
import { callTangent } from './tangents.js';
import { sameUpdate, type TrainedRole } from './update-blocks.js';

/** What the calls of a step are made of. */
export interface StepParts {
  readonly network: BoundNetwork;
  readonly arena: Arena;
  readonly gather: Gather;
  readonly spec: NetworkMemberSpec;
  readonly task: Task;
  /** Numbers of the member's tangent vectors among those of each row. */
  readonly tangents: readonly number[];
}

/**
 * The gradient of the step block's batch. Its loss is, under adversarial training, the blend of both losses, in any case
 * without penalties. Where one pass does, the parameters are updated too, but not for a loss that is not finite.
 */
export function callDifferentiate(parts: StepParts): void {
  gatherBatch(parts);
  const { passes } = parts.arena;
  if (passes === null) plainPass(parts);
  else composedPasses(parts, passes);
}

/** Updates the parameters, where that is still to be done. */
export function callApply({ network: { calls }, arena, spec }: StepParts): void {
  const { passes, updates, network } = arena;
  if (passes === null) return;
  if (spec.gradientClip !== undefined) {
    calls.limitNorm(passes.gradients, network.weightsLength, spec.gradientClip);
  }
  for (const matrix of gradientsOf(arena, passes)) {
    const { stage, role, weights, gradient, weightCount, biasCount, isLast } = matrix;
    if (passes.muon !== null && role === 'matrix' && !isLast)
      callMuon(calls, arena, spec, matrix, passes.muon);
    else calls.applyUpdate(weights, gradient, weightCount, biasCount, updates.stages[stage]![role]);
  }
}

/**
 * m ← μm + (1 − μ)g; w ← (1 − η·decay)w − η √max(1, units / inputs) orthogonal(μm + (1 − μ)g). Its block is that of plain
 * gradient descent whose penalty is the decay. Biases are AdamW's.
 * **Source:** Jordan et al. (2024), Muon: an optimizer for hidden layers in neural networks, with Nesterov's momentum.
 */
function callMuon(
  calls: Calls,
  { network, firstMoment, updates }: Arena,
  { optimizer }: NetworkMemberSpec,
  { stage, weights, gradient, inputs, units, weightCount, biasCount }: MatrixGradient,
  { update, scratch }: MuonLayout,
): void {
  const momentum = optimizer.kind === 'muon' ? optimizer.muonMomentum : 0;
  const mean = weights + firstMoment - network.weights;
  calls.pullToward(mean, gradient, weightCount, 1 - momentum);
  calls.pullToward(gradient, mean, weightCount, momentum);
  calls.orthogonalise(gradient, inputs, units, scratch);
  calls.applyUpdate(weights, gradient, weightCount, 0, update);
  const past = 4 * weightCount;
  calls.applyUpdate(weights + past, gradient + past, 0, biasCount, updates.stages[stage]!.matrix);
}

/** Writes Muon's update block. */
function writeMuon(
  memory: WebAssembly.Memory,
  { update }: MuonLayout,
  { optimizer }: NetworkMemberSpec,
): void {
  if (optimizer.kind !== 'muon') return;
  writeUpdate(memory, update, {
    kind: 'optimizer',
    optimizer: muonDescent(optimizer.muonLearningRate),
    normPenalty: { l1: 0, l2: optimizer.weightDecay },
    ...{ firstOffset: 0, secondOffset: 0 },
  });
}

/** What steps of Muon are to their update block, once directions are found. */
export function muonDescent(learningRate: number): OptimizerSpec {
  return { kind: 'sgd', learningRate, momentum: 0, nesterov: false };
}

/** Rows, masks and noise: a step draws its chance once, for all its passes. */
function gatherBatch(parts: StepParts): void {
  const { network, gather, spec, arena } = parts;
  const { calls, input } = network;
  gather.batch();
  if (arena.mixup !== null) mixInputs(parts, arena.mixup);
  // Dropout number 0 is that of the input, below all stages.
  const last = network.stages.length - 1;
  drawMasks(calls, dropoutsOf(network), (layer) => panelsAt(network, layer === 0 ? -1 : last, STEP.panels));
  // The loss is the mean of the submodels'.
  if (arena.submodels?.whole) gather.weigh(STEP.cleanWeight);
  if (spec.inputNoise === 0) return;
  const { inputs } = arena.shapes[0]!;
  const keys = [STEP.noiseKey0, STEP.noiseKey1] as const;
  calls.addNoise(input.address, input.stride, STEP.panels, inputs, spec.inputNoise, ...keys);
}

function callBatchLoss(parts: StepParts): void {
  const { network, spec, task, arena } = parts;
  const { submodels, head } = arena;
  if (submodels?.whole) callSubmodelLosses(network, submodels, spec, outputCount(task), head);
  else callLoss(network, spec, STEP.panels, outputCount(task), head, true);
  if (arena.mixup !== null) addPartnersLoss(parts, arena.mixup);
}

/** x ← x + share · (x′ − x), of all panels there may be: those beyond the batch are not read. */
function mixInputs({ network: { calls, input }, gather, arena }: StepParts, mixup: MixupLayout): void {
  gather.partners(mixup);
  gather.weigh(STEP.ownWeight);
  calls.pullToward(input.address, mixup.input.address, (arena.panels * input.stride) / 4, STEP.mixShare);
}

/**
 * Beside the loss of a batch at its own truth, at its share, that at its partners' truth.
 * **Source:** Zhang et al. (2018), mixup: beyond empirical risk minimization; the loss is linear in the labels.
 */
function addPartnersLoss({ network, gather, spec, task }: StepParts, mixup: MixupLayout): void {
  const { calls, stages } = network;
  const last = stages.at(-1)!;
  const theirs = { ...network, stages: [...stages.slice(0, -1), { ...last, gradient: mixup.gradient }] };
  callLoss(theirs, spec, STEP.panels, outputCount(task), mixup.head, true);
  calls.add(last.gradient.address, mixup.gradient.address, last.gradient.stride, STEP.panels);
  // The penalty on activations is of the rows as a whole.
  if (spec.activityPenalty !== null) gather.weigh(STEP.weight);
}

/** forward → loss → backward, updating as it goes. */
function plainPass(parts: StepParts): void {
  const { network, arena } = parts;
  callForward(network, STEP.panels, 'training');
  callBatchLoss(parts);
  callBackward(network, STEP.panels, arena.updates.stages, false, true);
}

/**
 * forward → loss → tangents → backward on the batch, then, under adversarial training, attack → forward → loss
 * → backward on what the attack made of it. All passes share the step's masks and noise. The first gradient is stored,
 * later ones are added.
 */
function composedPasses(parts: StepParts, passes: PassesLayout): void {
  const { network, spec, gather } = parts;
  const { adversarial, tangents } = spec;
  const { storeBlock, addBlock } = passes;
  callForward(network, STEP.panels, 'training');
  // Where the backward pass carries nothing but the loss, it does most of the attack's gradient.
  const hasPenalty = tangents !== null || spec.activityPenalty !== null;
  const gradientsServeTwice = !hasPenalty && adversarial !== null && adversarial.cleanShare > 0;
  if (adversarial === null) callBatchLoss(parts);
  else if (!gradientsServeTwice) callAttackGradient(parts, passes.attack!);
  const hasTangents = callTangents(parts, passes);
  if (adversarial !== null) {
    gather.weigh(STEP.cleanWeight);
    callBatchLoss(parts);
  }
  callBackward(
    network,
    STEP.panels,
    hasTangents ? addBlock : storeBlock,
    tangents !== null,
    adversarial === null,
  );
  if (adversarial === null) return;
  if (gradientsServeTwice) {
    callFirstInputGradient(network, STEP.panels, passes.attack!.gradient, 'training');
  }
  callAttack(parts, passes.attack!, adversarial);
  callForward(network, STEP.panels, 'training');
  gather.weigh(STEP.attackedWeight);
  callBatchLoss(parts);
  callBackward(network, STEP.panels, addBlock);
}

/** The gradient of the tangents' penalty, before the backward pass, which it adds to. @returns whether there is one */
function callTangents(parts: StepParts, passes: PassesLayout): boolean {
  const { network, arena, gather, spec, tangents: numbers } = parts;
  if (spec.tangents === null || passes.tangents === null) return false;
  const { calls, stages } = network;
  for (const { curvature, output } of stages) {
    if (curvature !== 0) calls.clear(curvature, output.stride, STEP.panels);
  }
  const { strength } = spec.tangents;
  let block = sameUpdate(passes.storeBlock);
  for (const number of numbers) {
    gather.tangent(number, passes.tangents.input);
    callTangent(network, passes.tangents, STEP.panels, strength, block);
    block = sameUpdate(passes.addBlock);
  }
  // What these passes found of biases means nothing.
  for (const { gradient, weightCount, biasCount } of gradientsOf(arena, passes)) {
    calls.clear(gradient + weightCount * 4, biasCount * 4, 1);
  }
  return numbers.length > 0;
}

/** Where the gradient of a matrix is added up. */
interface MatrixGradient {
  /** The layer's, from 0. */
  readonly stage: number;
  readonly role: TrainedRole;
  readonly weights: number;
  readonly gradient: number;
  /** Floats. */
  readonly weightCount: number;
  readonly biasCount: number;
  readonly inputs: number;
  readonly units: number;
  /** Of the output layer. */
  readonly isLast: boolean;
}

function gradientsOf({ network }: Arena, { gradients }: PassesLayout): readonly MatrixGradient[] {
  const all: MatrixGradient[] = [];
  for (const [stage, { shape, matrices }] of network.stages.entries()) {
    const isLast = stage === network.stages.length - 1;
    for (const [at, { inputs, units, role, hasBias }] of weightShapes(shape).entries()) {
      if (role === 'constant') continue;
      const weights = matrices[at]!;
      all.push({
        ...{ stage, role, weights, gradient: weights + gradients - network.weights, inputs, units, isLast },
        ...{
          weightCount: weightLengthFloats(inputs, units),
          biasCount: hasBias ? biasLengthFloats(units) : 0,
        },
      });
    }
  }
  return all;
}

/** The gradient of the loss alone, at whole weight, whatever the loss was. */
function callAttackGradient(parts: StepParts, { gradient }: AttackLayout): void {
  const { network } = parts;
  network.calls.uncounted(() => callBatchLoss(parts));
  callInputGradient(network, STEP.panels, gradient, 'training');
}

/**
 * Replaces the inputs by adversarial ones, in the spec's norm. The gradient is that of the loss alone. An example whose
 * loss is flat to single precision is not moved: there is nothing to be learnt from it either.
 */
function callAttack(parts: StepParts, attack: AttackLayout, { norm, steps }: AdversarialSpec): void {
  const { network, arena, gather } = parts;
  const { calls, input } = network;
  const { origin, gradient, radius, low, high } = attack;
  const { inputs } = arena.shapes[0]!;
  const move = () => {
    const blocks = [
      input.address,
      origin.address,
      gradient.address,
      input.stride,
      STEP.panels,
      inputs,
    ] as const;
    const ball = [radius, low, high, attackStep(steps)] as const;
    if (norm === 'linf') calls.perturbMax(...blocks, ...ball);
    else calls.perturbEuclidean(...blocks, ...ball);
  };
  calls.copy(input.address, origin.address, input.stride, STEP.panels);
  move();
  for (let step = 1; step < steps; step++) {
    gather.weigh(STEP.weight);
    callForward(network, STEP.panels, 'training');
    callAttackGradient(parts, attack);
    move();
  }
}

/**
 * Writes what the calls of composed steps read and nothing changes.
 * @param ranges of all features; null where no member is attacked. @param columns random subspace, or null.
 */
export function writePassConstants(
  memory: WebAssembly.Memory,
  arena: Arena,
  spec: NetworkMemberSpec,
  ranges: FeatureRanges | null,
  columns: Uint32Array | null,
): void {
  if (arena.passes === null) return;
  const { adversarial, gradientClip } = spec;
  const { gradients, storeBlock, addBlock, attack, muon } = arena.passes;
  const gradientOffset = gradients - arena.network.weights;
  writeUpdate(memory, storeBlock, { kind: 'store', gradientOffset });
  writeUpdate(memory, addBlock, { kind: 'accumulate', gradientOffset });
  if (muon !== null) writeMuon(memory, muon, spec);
  // What is not trained has no gradient, and none may count.
  if (gradientClip !== undefined) {
    new Float32Array(memory.buffer, gradients, arena.network.weightsLength).fill(0);
  }
  if (attack === null || adversarial === null) return;
  const ball = attackBall(adversarial, ranges!, columns);
  const write = (address: number, values: Float32Array) =>
    new Float32Array(memory.buffer, address, values.length).set(values);
  write(attack.radius, ball.radius);
  write(attack.low, ball.low);
  write(attack.high, ball.high);
}
