// Trains one member of the wasm engine inside one arena of a training's shared memory.
// It draws nothing but the batch order and the initial weights, reads no clock and talks to no thread:
// the stop flag and the progress record of the control block are all it shares.

import { outputCount } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import type { CallList } from '../../kernels/call-list.js';
import {
  NEGLIGIBLE_MOMENT,
  STEPS_BETWEEN_FLUSHES,
  type StepWriter,
  stepWriter,
  writeUpdate,
} from '../../kernels/update-block.js';
import { streamKey } from '../../math/random.js';
import { allFinite } from '../../math/statistics.js';
import type { TrainingLayout } from '../../memory/layout.js';
import { scheduleFactor } from '../../model/learning-rate.js';
import { parameterCount } from '../../model/network.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { FeatureRanges } from '../../techniques/perturb.js';
import {
  diverged,
  type LockstepTrainer,
  type MemberRows,
  type MemberTrainer,
  type TrainerContext,
  type TyingTrainer,
} from '../shared/engine.js';
import { type Arena, layoutArena } from './arena.js';
import { createGather, type Gather } from './batch.js';
import { type DropoutLayout, drawMasks, weightScalingFactors, writeFactors } from './dropout.js';
import { runLoss } from './losses.js';
import { dropoutsOf } from './network-layout.js';
import { panelsOf } from './panels.js';
import { initialParameters, packParameters, unpackParameters } from './parameters.js';
import { bindNetwork, type NetworkProgram, runForward } from './program.js';
import { recordStep } from './recorded-step.js';
import { copyStateIn, copyStateOut, stateLengthFloats } from './state.js';
import { createTrainingStep, type StepContext, type TrainingStep } from './training-step.js';
import { createPull, type Pull, tiedRanges } from './tying.js';

/**
 * Prepares a member: its initial weights are drawn and in place when this returns, or the state that a trainer of
 * the same member saved, in whatever slot; which epoch comes next is the caller's business.
 */
export function createTrainer(
  context: TrainerContext,
  spec: NetworkMemberSpec,
  member: number,
  rows: MemberRows,
  state: Float32Array | null,
): WasmTrainer {
  const { layout, task, slot, offsetBytes } = context;
  const { dataset } = layout;
  const sizes = { inBag: rows.inBag.length, evaluated: rows.stopping.length };
  const start = layout.arenas + slot * layout.arenaBytes + offsetBytes;
  const arena = layoutArena(spec, dataset.features, task, sizes, start);
  requireRoom(member, offsetBytes + arena.end - start, layout.arenaBytes);
  return new WasmTrainer(context, spec, member, rows, arena, state);
}

/** The neighbouring slot begins where this one ends. @throws ERR_INTERNAL */
function requireRoom(member: number, bytes: number, slotBytes: number): void {
  if (bytes <= slotBytes) return;
  const message = `Expected member ${member} to need at most the ${slotBytes} bytes of its slot, got ${bytes}`;
  throw new TuttiError('ERR_INTERNAL', message, { member, bytes, slotBytes });
}

class WasmTrainer implements MemberTrainer, TyingTrainer {
  readonly stepsPerEpoch: number;
  readonly stateLengthFloats: number;
  readonly weightCount: number;
  readonly #context: TrainerContext;
  readonly #spec: NetworkMemberSpec;
  readonly #member: number;
  readonly #arena: Arena;
  readonly #program: NetworkProgram;
  readonly #dropouts: readonly DropoutLayout[];
  readonly #gather: Gather;
  readonly #train: TrainingStep;
  /** The step of a whole batch and of an epoch's last as lists of calls; null where it cannot be one. */
  readonly #wholeBatch: CallList | null;
  readonly #lastBatch: CallList | null;
  readonly #update: StepWriter;
  readonly #outputs: number;
  readonly #parameters: Float32Array;
  readonly #inBag: Uint32Array;
  readonly #order: Uint32Array;
  /** Tied in rounds, from the second round on. */
  #pull: Pull | null = null;
  #lockstep: LockstepTrainer | null = null;

  constructor(
    context: TrainerContext,
    spec: NetworkMemberSpec,
    member: number,
    rows: MemberRows,
    arena: Arena,
    state: Float32Array | null,
  ) {
    const { kernels, memory, layout, task } = context;
    const examples = rows.inBag.length;
    this.stepsPerEpoch = Math.ceil(examples / spec.batchSize);
    this.stateLengthFloats = stateLengthFloats(arena);
    this.weightCount = parameterCount(arena.shapes);
    this.#context = context;
    this.#spec = spec;
    this.#member = member;
    this.#arena = arena;
    this.#program = bindNetwork(kernels, arena.network);
    this.#dropouts = dropoutsOf(arena.network);
    this.#gather = createGather(kernels, layout, arena, task, rows.columns !== null);
    this.#update = stepWriter(memory, arena.updateBlock, spec.optimizer);
    this.#outputs = outputCount(task);
    const step: StepContext = {
      ...{ kernels, memory, arena, spec, task, program: this.#program, gather: this.#gather },
      ranges: readRanges(memory, layout),
      columns: rows.columns,
      tangents: tangentNumbers(spec, layout),
    };
    this.#train = createTrainingStep(step);
    const last = examples % spec.batchSize;
    this.#wholeBatch = recordStep(step, layout, spec.batchSize, 0);
    this.#lastBatch = last === 0 ? null : recordStep(step, layout, last, 1);
    this.#parameters = this.#floats(arena.network.weights);
    this.#inBag = this.#words(arena.inBag, examples);
    this.#order = this.#words(arena.order, examples);
    this.#inBag.set(rows.inBag);
    if (rows.columns !== null) this.#words(arena.columns, rows.columns.length).set(rows.columns);
    if (state === null) this.#initialise();
    else copyStateIn(memory.buffer, arena, state);
    this.#writeConstants();
  }

  /** Draws the initial weights; the optimizer has seen nothing yet. */
  #initialise(): void {
    const { network, streams } = this.#spec;
    const { shapes, firstMoment, secondMoment } = this.#arena;
    // Drawn where the moments will be: an array of its own per member would wait for the garbage collector.
    const scratch = this.#floats(firstMoment);
    const key = streamKey(this.#context.seed, 'init', streams.init);
    initialParameters(shapes, network.init, key, scratch);
    packParameters(shapes, scratch, this.#parameters);
    this.#floats(firstMoment).fill(0);
    if (secondMoment !== 0) this.#floats(secondMoment).fill(0);
  }

  /** Writes what kernels read in every step and nothing changes. */
  #writeConstants(): void {
    const { memory } = this.#context;
    const { optimizer, normPenalty, dropout } = this.#spec;
    const { shapes, network, firstMoment, secondMoment, updateBlock } = this.#arena;
    if (dropout !== null) {
      writeFactors(memory.buffer, this.#dropouts, weightScalingFactors(dropout, shapes));
    }
    writeUpdate(memory, updateBlock, {
      kind: 'optimizer',
      optimizer,
      normPenalty,
      firstOffset: firstMoment - network.weights,
      secondOffset: secondMoment === 0 ? 0 : secondMoment - network.weights,
    });
  }

  runEpoch(epoch: number, learningRate: number): number | null {
    const { control, slot } = this.#context;
    this.#shuffle(epoch);
    let lossSum = 0;
    for (let step = 0; step < this.stepsPerEpoch; step++) {
      if (control.stopRequested) return null;
      lossSum += this.#step(epoch, step, learningRate);
      control.step(slot, step + 1);
    }
    return lossSum / this.#order.length;
  }

  /** Puts the examples in the epoch's order. */
  #shuffle(epoch: number): void {
    const { kernels, seed } = this.#context;
    this.#order.set(this.#inBag);
    const [key0, key1] = streamKey(seed, 'order', this.#spec.streams.order, epoch);
    kernels.shuffle(this.#arena.order, this.#order.length, key0, key1);
  }

  /** One update; returns the summed loss of its examples before it. */
  #step(epoch: number, step: number, learningRate: number): number {
    const rate = this.#beginStep(epoch, step, learningRate);
    const lossSum = this.#differentiate(epoch, step);
    this.#train.apply();
    this.#pull?.(rate);
    return lossSum;
  }

  /** Prepares the optimizer for a step and returns its learning rate. */
  #beginStep(epoch: number, step: number, learningRate: number): number {
    const { schedule, epochs } = this.#spec;
    const done = (epoch - 1) * this.stepsPerEpoch + step;
    const rate = learningRate * scheduleFactor(schedule, done, this.stepsPerEpoch, epochs);
    this.#update.writeStep(rate, done + 1);
    if (done % STEPS_BETWEEN_FLUSHES === 0) this.#flushMoments();
    return rate;
  }

  /** The first half of a step; returns the summed loss of its examples. */
  #differentiate(epoch: number, step: number): number {
    const count = this.#examplesOf(step);
    const indices = this.#arena.order + step * this.#spec.batchSize * 4;
    const list = count === this.#spec.batchSize ? this.#wholeBatch : this.#lastBatch;
    this.#drawMasks(epoch, step, panelsOf(count));
    const loss = list?.run(indices) ?? this.#differentiateByCalls(epoch, step, indices, count);
    if (!Number.isFinite(loss)) throw diverged(this.#member, epoch, loss);
    return loss * count;
  }

  /** For steps that are no list: the loss of a batch, with noise on its inputs. */
  #differentiateByCalls(epoch: number, step: number, indices: number, count: number): number {
    const panels = this.#gather.batch(indices, count);
    this.#addNoise(epoch, step, panels);
    return this.#train.differentiate({ indices, count, panels });
  }

  #examplesOf(step: number): number {
    const { batchSize } = this.#spec;
    return Math.min(batchSize, this.#order.length - step * batchSize);
  }

  /** The step's input noise; every pass of the step sees the same. */
  #addNoise(epoch: number, step: number, panels: number): void {
    const { kernels, seed } = this.#context;
    const { streams, inputNoise } = this.#spec;
    if (inputNoise === 0) return;
    const [key0, key1] = streamKey(seed, 'noise', streams.masks, epoch, step);
    const { address, stride } = this.#program.input;
    kernels.addNoise(address, stride, panels, this.#arena.shapes[0]!.inputs, inputNoise, key0, key1);
  }

  /** The step's dropout masks, the same for all its passes. */
  #drawMasks(epoch: number, step: number, panels: number): void {
    if (this.#dropouts.length === 0) return;
    const { kernels, seed } = this.#context;
    const [key0, key1] = streamKey(seed, 'masks', this.#spec.streams.masks, epoch, step);
    drawMasks(kernels, this.#dropouts, panels, key0, key1);
  }

  evaluate(rows: Uint32Array): number {
    const { evaluated, head } = this.#arena;
    const { batchSize, loss } = this.#spec;
    this.#words(evaluated, rows.length).set(rows);
    let lossSum = 0;
    for (let first = 0; first < rows.length; first += batchSize) {
      const count = Math.min(batchSize, rows.length - first);
      const panels = this.#gather.batch(evaluated + first * 4, count);
      runForward(this.#program, panels);
      lossSum += runLoss(this.#program, loss, panels, this.#outputs, head, false) * count;
    }
    return lossSum / rows.length;
  }

  keepWeights(): void {
    this.#floats(this.#arena.kept).set(this.#parameters);
  }

  restoreWeights(): void {
    this.#parameters.set(this.#floats(this.#arena.kept));
  }

  saveState(into: Float32Array): void {
    // Others may be drawn to these weights, so a member that diverged in its last step must not rest unnoticed.
    if (!allFinite(this.#parameters)) throw diverged(this.#member, this.#spec.epochs, Number.NaN);
    copyStateOut(this.#context.memory.buffer, this.#arena, into);
  }

  get tying(): TyingTrainer {
    return this;
  }

  tieTo(anchor: Float32Array, members: number): void {
    const { kernels } = this.#context;
    const { network, anchor: address } = this.#arena;
    this.#floats(address).set(anchor);
    this.#pull = createPull(kernels, network, this.#spec.tying!, address, members);
  }

  get lockstep(): LockstepTrainer {
    this.#lockstep ??= this.#createLockstep();
    return this.#lockstep;
  }

  #createLockstep(): LockstepTrainer {
    const { network, passes } = this.#arena;
    const gradients = this.#floats(passes!.gradients);
    return {
      tied: tiedRanges(network, this.#spec.tying!).map(({ start, length }) => ({
        weights: this.#parameters.subarray(start, start + length),
        gradient: gradients.subarray(start, start + length),
      })),
      beginEpoch: (epoch) => this.#shuffle(epoch),
      computeGradient: (epoch, step, learningRate) => {
        this.#beginStep(epoch, step, learningRate);
        return { lossSum: this.#differentiate(epoch, step), examples: this.#examplesOf(step) };
      },
      applyGradient: () => this.#train.apply(),
    };
  }

  exportWeights(into: Float32Array): void {
    unpackParameters(this.#arena.shapes, this.#parameters, into);
    if (!allFinite(into)) throw diverged(this.#member, this.#spec.epochs, Number.NaN);
  }

  #flushMoments(): void {
    const { kernels } = this.#context;
    const { firstMoment, secondMoment, network } = this.#arena;
    kernels.flushDenormals(firstMoment, network.weightsLength, NEGLIGIBLE_MOMENT);
    if (secondMoment !== 0) kernels.flushDenormals(secondMoment, network.weightsLength, NEGLIGIBLE_MOMENT);
  }

  /** A view of an array laid out like the parameters. */
  #floats(address: number): Float32Array {
    return new Float32Array(this.#context.memory.buffer, address, this.#arena.network.weightsLength);
  }

  #words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.#context.memory.buffer, address, length);
  }
}

function readRanges(memory: WebAssembly.Memory, { ranges, dataset }: TrainingLayout): FeatureRanges | null {
  if (ranges === 0) return null;
  const { features } = dataset;
  const part = (index: number) => new Float32Array(memory.buffer, ranges + index * features * 4, features);
  return { low: part(0), high: part(1), mean: part(2), std: part(3), softClip: part(4) };
}

/** Which of each row's tangent vectors the member uses. */
function tangentNumbers(
  { tangents }: NetworkMemberSpec,
  { tangents: { sources } }: TrainingLayout,
): number[] {
  return [...sources.keys()].filter((number) => tangents?.sources.includes(sources[number]!) === true);
}
