// One update of a member's parameters from a gathered batch: the passes that its techniques ask for, in order.
// The trainer gathers, draws masks and noise and sets the learning rate before. A plain step is one pass with
// the optimizer fused into the weight gradient; where passes must add up, gradients go to a buffer first.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import type { Kernels } from '../../kernels/kernels.js';
import { writeUpdate } from '../../kernels/update-block.js';
import { biasLengthFloats, weightLengthFloats } from '../../kernels/weight-layout.js';
import { weightShape } from '../../model/layers.js';
import type { AdversarialSpec, NetworkMemberSpec } from '../../model/spec.js';
import { attackBall, attackStep, type FeatureRanges } from '../../techniques/perturb.js';
import type { Arena, AttackLayout, PassesLayout } from './arena.js';
import type { Gather } from './batch.js';
import { runFirstInputGradient, runInputGradient } from './input-gradient.js';
import { runLoss } from './losses.js';
import { lengthOf } from './panels.js';
import { type NetworkProgram, runBackward, runForward } from './program.js';
import { runTangent } from './tangents.js';

/** The rows of a batch: `count` numbers (u32) at `indices`, gathered into `panels` panels. */
export interface Batch {
  readonly indices: number;
  readonly count: number;
  readonly panels: number;
}

/** A step in two halves, between which members in lockstep add what they owe each other. */
export interface TrainingStep {
  /**
   * Computes the gradient and returns the loss: under adversarial training the blend of both losses, in any case
   * without penalties. Where one pass does, it updates the parameters too, but not for a loss that is not finite.
   */
  differentiate(batch: Batch): number;
  /** Updates the parameters, where that is still to be done. */
  apply(): void;
}

export interface StepContext {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly program: NetworkProgram;
  readonly arena: Arena;
  readonly gather: Gather;
  readonly spec: NetworkMemberSpec;
  readonly task: Task;
  /** Of all features; null when no member is attacked. */
  readonly ranges: FeatureRanges | null;
  /** Random subspace, or null. */
  readonly columns: Uint32Array | null;
  /** Numbers of the member's tangent vectors among those of each row. */
  readonly tangents: readonly number[];
}

export function createTrainingStep(context: StepContext): TrainingStep {
  const { passes } = context.arena;
  return passes === null ? plainStep(context) : composedStep(context, passes);
}

/** forward → loss → backward, updating as it goes. */
function plainStep({ program, arena, spec, task }: StepContext): TrainingStep {
  const outputs = outputCount(task);
  return {
    differentiate({ panels }) {
      runForward(program, panels, 'training');
      const loss = runLoss(program, spec.loss, panels, outputs, arena.head, true);
      if (Number.isFinite(loss)) runBackward(program, panels, arena.updateBlock);
      return loss;
    },
    apply() {},
  };
}

/**
 * forward → loss → tangents → backward on the batch, then, under adversarial training, attack → forward → loss
 * → backward on what the attack made of it; then the update. All passes share the step's masks and noise.
 */
function composedStep(context: StepContext, passes: PassesLayout): TrainingStep {
  const { program, arena, spec, task, gather } = context;
  const { adversarial } = spec;
  const outputs = outputCount(task);
  const sum = createGradientSum(context, passes);
  const addTangents = createTangentPass(context, passes);
  const attack = adversarial === null ? null : createAttack(context, passes.attack!, adversarial);
  // Where the backward pass carries nothing but the loss, it has done most of the attack's gradient already.
  const hasPenalty = passes.tangents !== null || spec.activityPenalty !== null;
  const gradientsServeTwice = !hasPenalty && adversarial !== null && adversarial.cleanShare > 0;
  const takeLoss = ({ panels }: Batch) => runLoss(program, spec.loss, panels, outputs, arena.head, true);
  const takeShareOfLoss = (batch: Batch, share: number) => {
    gather.weigh(batch.indices, batch.count, share);
    return takeLoss(batch);
  };
  const differentiate = (batch: Batch) => {
    const { panels } = batch;
    sum.begin();
    runForward(program, panels, 'training');
    let loss = takeLoss(batch);
    if (!gradientsServeTwice) attack?.prepare(panels);
    addTangents(batch, sum);
    if (adversarial !== null) loss = takeShareOfLoss(batch, adversarial.cleanShare);
    runBackward(program, panels, sum.block(), passes.tangents !== null);
    if (attack !== null) {
      if (gradientsServeTwice) attack.prepareAfterBackward(panels);
      attack.perturb(batch);
      runForward(program, panels, 'training');
      loss += takeShareOfLoss(batch, 1 - adversarial!.cleanShare);
      runBackward(program, panels, sum.block());
    }
    return loss;
  };
  return { differentiate, apply: sum.apply };
}

/** Gradients of several passes, added up in a buffer and applied at once. */
interface GradientSum {
  begin(): void;
  /** The update block for the next pass: the first stores, later ones add. */
  block(): number;
  /** Forgets the gradient of the biases. */
  clearBiases(): void;
  apply(): void;
}

function createGradientSum(
  { kernels, memory, arena }: StepContext,
  { gradients, storeBlock, addBlock }: PassesLayout,
): GradientSum {
  const { weights, stages } = arena.network;
  const gradientOffset = gradients - weights;
  writeUpdate(memory, storeBlock, { kind: 'store', gradientOffset });
  writeUpdate(memory, addBlock, { kind: 'accumulate', gradientOffset });
  const layers = stages.map((stage) => {
    const { inputs, units } = weightShape(stage.shape);
    const [weightCount, biasCount] = [weightLengthFloats(inputs, units), biasLengthFloats(units)];
    const gradient = stage.weights + gradientOffset;
    const biases = new Float32Array(memory.buffer, gradient + weightCount * 4, biasCount);
    return { weights: stage.weights, gradient, weightCount, biasCount, biases };
  });
  let isFirst = true;
  return {
    begin() {
      isFirst = true;
    },
    block() {
      const block = isFirst ? storeBlock : addBlock;
      isFirst = false;
      return block;
    },
    clearBiases() {
      for (const { biases } of layers) biases.fill(0);
    },
    apply() {
      for (const layer of layers) {
        const { weightCount, biasCount } = layer;
        kernels.applyUpdate(layer.weights, layer.gradient, weightCount, biasCount, arena.updateBlock);
      }
    },
  };
}

/** Adds the gradient of the tangents' penalty; it has to run before the backward pass, which it adds to. */
function createTangentPass(
  { memory, program, gather, spec, tangents: numbers }: StepContext,
  { tangents: layout }: PassesLayout,
): (batch: Batch, sum: GradientSum) => void {
  if (spec.tangents === null || layout === null) return () => {};
  const { strength } = spec.tangents;
  const curved = program.stages.filter(({ curvature }) => curvature !== 0);
  return ({ indices, count, panels }, sum) => {
    for (const { curvature, output } of curved) {
      new Float32Array(memory.buffer, curvature, lengthOf(output, panels)).fill(0);
    }
    for (const number of numbers) {
      gather.tangent(number, indices, count, layout.input);
      runTangent(program, layout, panels, strength, sum.block());
    }
    sum.clearBiases();
  };
}

interface Attack {
  /** Takes the gradient of the inputs after forward pass and loss. */
  prepare(panels: number): void;
  /** The same where a backward pass has followed, of the loss alone; its weight is of no account. */
  prepareAfterBackward(panels: number): void;
  /** Replaces the inputs by adversarial ones. */
  perturb(batch: Batch): void;
}

/**
 * Attacks in the spec's norm. The gradient is that of the loss alone. An example whose loss is flat to single
 * precision is not moved: there is nothing to be learnt from it either.
 */
function createAttack(
  { kernels, memory, program, arena, spec, task, gather, ranges, columns }: StepContext,
  { origin, gradient, radius, low, high }: AttackLayout,
  adversarial: AdversarialSpec,
): Attack {
  const { norm, steps } = adversarial;
  const outputs = outputCount(task);
  const { input } = program;
  const { inputs: length } = arena.shapes[0]!;
  const ball = attackBall(adversarial, ranges!, columns);
  new Float32Array(memory.buffer, radius, length).set(ball.radius);
  new Float32Array(memory.buffer, low, length).set(ball.low);
  new Float32Array(memory.buffer, high, length).set(ball.high);
  const climb = norm === 'linf' ? kernels.perturbMax : kernels.perturbEuclidean;
  const move = (panels: number) => {
    const blocks = [input.address, origin.address, gradient.address, input.stride, panels, length] as const;
    climb(...blocks, radius, low, high, attackStep(steps));
  };
  return {
    prepare(panels) {
      runInputGradient(program, panels, gradient, 'training');
    },
    prepareAfterBackward(panels) {
      runFirstInputGradient(program, panels, gradient, 'training');
    },
    perturb({ indices, count, panels }) {
      const floats = (address: number) => new Float32Array(memory.buffer, address, lengthOf(input, panels));
      floats(origin.address).set(floats(input.address));
      move(panels);
      for (let step = 1; step < steps; step++) {
        gather.weigh(indices, count, 1);
        runForward(program, panels, 'training');
        runLoss(program, spec.loss, panels, outputs, arena.head, true);
        runInputGradient(program, panels, gradient, 'training');
        move(panels);
      }
    },
  };
}
