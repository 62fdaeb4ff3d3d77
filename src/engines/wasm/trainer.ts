// Trains one member of the wasm engine inside one arena of a training's shared memory.
// It draws nothing but the batch order and the initial weights, reads no clock and talks to no thread:
// the stop flag and the progress record of the control block are all it shares.

import type { Program } from '../../kernels/program.js';
import { STEPS_BETWEEN_FLUSHES, type StepWriter, stepWriter } from '../../kernels/update-block.js';
import { symmetricBeta } from '../../math/beta.js';
import { RandomStream, streamKey } from '../../math/random.js';
import { decayFactor, scheduleFactor } from '../../model/learning-rate.js';
import { parameterCount } from '../../model/network.js';
import { submodelParameters, submodelsOf } from '../../model/shared-weights.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import {
  diverged,
  type LockstepTrainer,
  type MemberRows,
  type MemberTrainer,
  requireFinite,
  type TrainerContext,
  type TyingTrainer,
} from '../shared/engine.js';
import type { Arena } from './arena.js';
import { initialRows } from './initial-rows.js';
import { initialParameters, packParameters, unpackParameters } from './parameters.js';
import { type PreparedArena, prepareArena } from './prepared-arena.js';
import { copyStateIn, copyStateOut, stateLengthFloats } from './state.js';
import { StepBlock } from './step-block.js';
import { Swag } from './swag.js';
import type { TrainingSegments } from './training-program.js';
import { muonDescent } from './training-step.js';
import { tiedRanges } from './tying.js';
import { roleUpdate } from './update-blocks.js';
import { WeightAverage } from './weight-average.js';

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
  return new WasmTrainer(context, spec, member, rows, prepareArena(context, spec, member, rows), state);
}

class WasmTrainer implements MemberTrainer, TyingTrainer {
  readonly stepsPerEpoch: number;
  readonly stateLengthFloats: number;
  readonly weightCount: number;
  readonly #context: TrainerContext;
  readonly #spec: NetworkMemberSpec;
  readonly #member: number;
  readonly #arena: Arena;
  readonly #program: Program;
  readonly #segments: TrainingSegments;
  readonly #block: StepBlock;
  /** By role. */
  readonly #updates: readonly StepWriter[];
  /** Whether steps draw anything, or leave anything to be gathered. */
  readonly #draws: boolean;
  readonly #gathers: boolean;
  readonly #parameters: Float32Array;
  /** What the member becomes: its parameters, or their average. */
  readonly #result: Float32Array;
  readonly #average: WeightAverage | null;
  readonly #swag: Swag | null;
  /** Tied in rounds, from the second round on: members of the group. */
  #tiedMembers: number | null = null;
  #lockstep: LockstepTrainer | null = null;
  /** The last epoch that began. */
  #epoch = 0;

  constructor(
    context: TrainerContext,
    spec: NetworkMemberSpec,
    member: number,
    rows: MemberRows,
    { arena, program, segments, weightCount }: PreparedArena,
    state: Float32Array | null,
  ) {
    const { memory } = context;
    const examples = rows.inBag.length;
    this.stepsPerEpoch = Math.ceil(examples / spec.batchSize);
    this.stateLengthFloats = stateLengthFloats(arena);
    this.weightCount = weightCount;
    this.#context = context;
    this.#spec = spec;
    this.#member = member;
    this.#arena = arena;
    this.#program = program;
    this.#segments = segments;
    this.#block = new StepBlock(memory.buffer, arena.stepBlock, shareOf(spec), submodelsOf(spec));
    this.#updates = [
      ...this.#muonWriters(),
      ...arena.updates.places.map((place) => {
        const { optimizer, factors } = roleUpdate(spec, place);
        return stepWriter(memory, place.address, optimizer, factors);
      }),
    ];
    this.#parameters = this.#floats(arena.network.weights);
    this.#words(arena.inBag, examples).set(rows.inBag);
    if (rows.columns !== null) this.#words(arena.columns, rows.columns.length).set(rows.columns);
    this.#result = arena.average === 0 ? this.#parameters : this.#floats(arena.average);
    this.#average = this.#averageOf();
    this.#swag = this.#swagOf();
    this.#draws = spec.dropout !== null || spec.inputNoise > 0 || spec.mixup !== undefined;
    this.#gathers = this.#average !== null || this.#swag !== null;
    if (state === null) this.#initialise(rows);
    else copyStateIn(memory.buffer, arena, state);
  }

  /** What writes the steps of matrices that Muon updates, at their own learning rate. */
  #muonWriters(): StepWriter[] {
    const { optimizer } = this.#spec;
    const layout = this.#arena.passes?.muon;
    if (optimizer.kind !== 'muon' || layout === undefined || layout === null) return [];
    const { learningRate, muonLearningRate } = optimizer;
    const factors = { rate: muonLearningRate / learningRate, bias: 1, decay: 1 };
    return [stepWriter(this.#context.memory, layout.update, muonDescent(muonLearningRate), factors)];
  }

  #averageOf(): WeightAverage | null {
    const { weightAverage, epochs } = this.#spec;
    if (weightAverage === undefined) return null;
    const pull = (share: number) => {
      this.#block.setNumber('averageShare', share);
      this.#run(this.#segments.average);
    };
    const weights = { parameters: this.#parameters, average: this.#result, pull };
    return new WeightAverage(weightAverage, epochs, this.stepsPerEpoch, weights);
  }

  #swagOf(): Swag | null {
    const { swag, epochs } = this.#spec;
    if (swag === undefined) return null;
    const [mean, squares, ...deviations] = this.#arena.swag.map((address) => this.#floats(address));
    return new Swag(swag, epochs, { mean: mean!, squares: squares!, deviations });
  }

  /** Draws the initial weights; the optimizer has seen nothing yet. */
  #initialise(rows: MemberRows): void {
    const { network, streams } = this.#spec;
    const { shapes, firstMoment, secondMoment } = this.#arena;
    // Drawn where the moments will be: an array of its own per member would wait for the garbage collector.
    const scratch = this.#floats(firstMoment);
    const key = streamKey(this.#context.seed, 'init', streams.init);
    initialParameters(shapes, network.init, key, initialRows(this.#context, rows), scratch);
    packParameters(shapes, scratch, this.#parameters);
    this.#floats(firstMoment).fill(0);
    if (secondMoment !== 0) this.#floats(secondMoment).fill(0);
    // A state taken before the first epoch has the same bytes always.
    if (this.#average !== null) this.#result.set(this.#parameters);
    for (const address of this.#arena.swag) this.#floats(address).fill(0);
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
    return lossSum / this.#arena.examples;
  }

  #run(segment: number): number {
    return this.#context.executor.run(this.#program, segment, this.#block.address);
  }

  /** Puts the examples in the epoch's order. */
  #shuffle(epoch: number): void {
    const { streams } = this.#spec;
    this.#epoch = epoch;
    this.#block.setKeys('orderKey0', streamKey(this.#context.seed, 'order', streams.order, epoch));
    if (this.#spec.mixup !== undefined) {
      this.#block.setKeys('partnerKey0', streamKey(this.#context.seed, 'mixup', streams.order, epoch));
    }
    this.#run(this.#segments.order);
  }

  /** One update; returns the summed loss of its examples before it. */
  #step(epoch: number, step: number, learningRate: number): number {
    const rate = this.#beginStep(epoch, step, learningRate);
    const lossSum = this.#runOnBatch(this.#segments.step, epoch, step);
    if (this.#tiedMembers !== null) this.#pull(rate, this.#tiedMembers);
    if (this.#gathers) this.#endStep(epoch, step);
    return lossSum;
  }

  /** What is gathered of the weights after a step, and after an epoch's last. */
  #endStep(epoch: number, step: number): void {
    this.#average?.afterStep((epoch - 1) * this.stepsPerEpoch + step + 1);
    if (step + 1 < this.stepsPerEpoch) return;
    this.#average?.afterEpoch(epoch);
    this.#swag?.afterEpoch(epoch, this.#parameters);
  }

  /** Prepares the optimizer for a step and returns its learning rate. */
  #beginStep(epoch: number, step: number, learningRate: number): number {
    const { schedule, epochs, decaySchedule } = this.#spec;
    const done = (epoch - 1) * this.stepsPerEpoch + step;
    const rate = learningRate * scheduleFactor(schedule, done, this.stepsPerEpoch, epochs);
    const decay = decaySchedule === undefined ? 1 : decayFactor(done, this.stepsPerEpoch * epochs);
    for (const writer of this.#updates) writer.writeStep(rate, done + 1, decay);
    if (done % STEPS_BETWEEN_FLUSHES === 0) this.#run(this.#segments.flush);
    return rate;
  }

  /** Runs a step, or its first half; returns the summed loss of its examples. */
  #runOnBatch(segment: number, epoch: number, step: number): number {
    const count = this.#examplesOf(step);
    this.#block.setBatch(this.#arena.order + step * this.#spec.batchSize * 4, count);
    if (this.#draws) this.#drawChance(epoch, step);
    const loss = this.#run(segment);
    if (!Number.isFinite(loss)) throw diverged(this.#member, epoch, loss);
    return loss * count;
  }

  #examplesOf(step: number): number {
    const { batchSize } = this.#spec;
    return Math.min(batchSize, this.#arena.examples - step * batchSize);
  }

  /** The keys of the step's dropout masks and of its input noise, which all its passes share. */
  #drawChance(epoch: number, step: number): void {
    const { seed } = this.#context;
    const { streams, inputNoise, dropout, mixup } = this.#spec;
    if (dropout !== null) {
      this.#block.setKeys('maskKey0', streamKey(seed, 'masks', streams.masks, epoch, step));
    }
    if (inputNoise > 0) {
      this.#block.setKeys('noiseKey0', streamKey(seed, 'noise', streams.masks, epoch, step));
    }
    if (mixup !== undefined) {
      // The order of partners has the stream of step 0.
      const stream = new RandomStream(streamKey(seed, 'mixup', streams.masks, epoch, step + 1));
      const partners = this.#arena.mixup!.partners + step * this.#spec.batchSize * 4;
      this.#block.setPartners(partners, symmetricBeta(stream, mixup));
    }
  }

  /** See `pull` in training-program.ts. */
  #pull(learningRate: number, members: number): void {
    const beta = 2 * learningRate * this.#spec.tying!.strength * members;
    this.#block.setNumber('pullShare', beta / (1 + beta));
    this.#run(this.#segments.pull);
  }

  evaluate(rows: Uint32Array): number {
    const { evaluated } = this.#arena;
    const { batchSize } = this.#spec;
    this.#words(evaluated, rows.length).set(rows);
    let lossSum = 0;
    for (let first = 0; first < rows.length; first += batchSize) {
      const count = Math.min(batchSize, rows.length - first);
      this.#block.setBatch(evaluated + first * 4, count);
      lossSum += this.#run(this.#segments.evaluate) * count;
    }
    return lossSum / rows.length;
  }

  keepWeights(): void {
    this.#floats(this.#arena.kept).set(this.#result);
  }

  restoreWeights(): void {
    this.#result.set(this.#floats(this.#arena.kept));
  }

  requireFinite(): void {
    requireFinite(this.#parameters, this.#member, this.#epoch);
  }

  saveState(into: Float32Array): void {
    copyStateOut(this.#context.memory.buffer, this.#arena, into);
  }

  get tying(): TyingTrainer {
    return this;
  }

  tieTo(anchor: Float32Array, members: number): void {
    this.#floats(this.#arena.anchor).set(anchor);
    this.#tiedMembers = members;
  }

  get lockstep(): LockstepTrainer {
    this.#lockstep ??= this.#createLockstep();
    return this.#lockstep;
  }

  #createLockstep(): LockstepTrainer {
    const { network, passes } = this.#arena;
    const gradients = this.#floats(passes!.gradients);
    let at = { epoch: 0, step: 0 };
    return {
      tied: tiedRanges(network, this.#spec.tying!).map(({ start, length }) => ({
        weights: this.#parameters.subarray(start, start + length),
        gradient: gradients.subarray(start, start + length),
      })),
      beginEpoch: (epoch) => this.#shuffle(epoch),
      computeGradient: (epoch, step, learningRate) => {
        this.#beginStep(epoch, step, learningRate);
        at = { epoch, step };
        return {
          lossSum: this.#runOnBatch(this.#segments.differentiate, epoch, step),
          examples: this.#examplesOf(step),
        };
      },
      applyGradient: () => {
        this.#run(this.#segments.apply);
        this.#endStep(at.epoch, at.step);
      },
    };
  }

  exportWeights(into: Float32Array, place: number): void {
    const { shapes, submodels } = this.#arena;
    // A callback may end a run before anything is gathered.
    const gathered = this.#swag?.gathered(this.#epoch) ?? 0;
    if (this.#swag !== null && gathered > 0) this.#drawMember(this.#swag, into, place);
    else if (submodels === null) unpackParameters(shapes, this.#result, into);
    else {
      const trained = new Float32Array(parameterCount(shapes));
      unpackParameters(shapes, this.#result, trained);
      submodelParameters(shapes, trained, place, into);
    }
    requireFinite(into, this.#member, this.#epoch);
  }

  /** Draws a member of the run, whose weights are then the parameters. */
  #drawMember(swag: Swag, into: Float32Array, place: number): void {
    const { shapes } = this.#arena;
    const key = streamKey(this.#context.seed, 'swag', this.#spec.streams.masks, place);
    const scratch = new Float32Array(this.weightCount);
    const unpack = (region: Float32Array) => {
      unpackParameters(shapes, region, scratch);
      return scratch;
    };
    swag.draw(key, this.#epoch, unpack, into);
    packParameters(shapes, into, this.#parameters);
  }

  /** A view of an array laid out like the parameters. */
  #floats(address: number): Float32Array {
    return new Float32Array(this.#context.memory.buffer, address, this.#arena.network.weightsLength);
  }

  #words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.#context.memory.buffer, address, length);
  }
}

/** The share of a row's weight in the loss that the first pass, or each submodel, has. */
function shareOf(spec: NetworkMemberSpec): number {
  return spec.adversarial?.cleanShare ?? 1 / submodelsOf(spec);
}
