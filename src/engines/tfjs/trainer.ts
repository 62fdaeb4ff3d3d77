// Trains one member that is a tf.LayersModel. TensorFlow computes the model's outputs and the gradient of its
// weights, on one thread; the loss, the optimizer, the order of the examples and every random number are tutti's
// own, with the words and the equations of the wasm engine.

import { RandomStream, shuffleInPlace, streamKey } from '../../math/random.js';
import { scheduleFactor } from '../../model/learning-rate.js';
import { headUnits, lossOf } from '../../model/losses.js';
import {
  diverged,
  type MemberRows,
  type MemberTrainer,
  requireFinite,
  type TrainerContext,
} from '../shared/engine.js';
import { moduleError, reasonOf } from '../user-modules/user-module.js';
import type { LayersModel, LayerVariable, Tensor, TensorFlow, Variable } from './api.js';
import { addNoise, type BatchSource, createBatchSource } from './batch.js';
import { batchLoss, type Truth } from './head.js';
import { withKeyedRandom } from './keyed-random.js';
import { inputOrder, inputPicks } from './model-input.js';
import type { TfjsMemberSpec } from './spec.js';
import { loadTensorFlow } from './tensorflow.js';
import { readWeights, topologyOf, weightCount, weightLength, writeWeights } from './topology.js';
import { createOptimizer, type Optimizer, type ParameterRange } from './update.js';
import { buildUserModel, exposeLogits, type OwnedModel } from './user-model.js';

/** Rows evaluated at once, so that a call of TensorFlow is worth its cost. */
const EVALUATED_ROWS = 256;

/** A member in training, with what it takes to restore it; it holds tensors until it is disposed of. */
export interface TfjsTrainer extends MemberTrainer {
  /** The model's topology, JSON. */
  readonly topology: string;
  /** Numbers of all its weights. */
  readonly weightCount: number;
  /** Frees all tensors; nothing else may be called afterwards. */
  dispose(): void;
}

/**
 * Builds a member's model, its initial weights in place, or takes up the state that a trainer of the same member
 * saved.
 * @throws ERR_ENGINE_MISSING without TensorFlow.js; ERR_MODULE when the module or its model is not what it should be.
 */
export async function createTrainer(
  context: TrainerContext,
  spec: TfjsMemberSpec,
  member: number,
  rows: MemberRows,
  state: Float32Array | null,
): Promise<TfjsTrainer> {
  const tf = await loadTensorFlow(member);
  const { layout, task, seed } = context;
  const use = { module: spec.model, member };
  const features = rows.columns?.length ?? layout.dataset.features;
  const shape = { features, outputs: headUnits(spec, task), task, loss: spec.loss };
  const owned = await buildUserModel(tf, use, shape, streamKey(seed, 'init', spec.streams.init));
  try {
    const exposed = exposeLogits(owned.model, spec.loss);
    const trainer = new Trainer(tf, owned, context, spec, member, rows);
    if (!exposed && lossOf(spec.loss).activation === 'softmax' && trainer.putsOutProbabilities()) {
      throw moduleError(
        use,
        `Expected the model of ${spec.model.path} to put out logits, or end in a softmax activation, got probabilities`,
      );
    }
    if (state !== null) trainer.takeUp(state);
    return trainer;
  } catch (error) {
    owned.dispose();
    throw error;
  }
}

class Trainer implements TfjsTrainer {
  readonly stepsPerEpoch: number;
  readonly stateLengthFloats: number;
  readonly topology: string;
  readonly weightCount: number;
  readonly #tf: TensorFlow;
  readonly #owned: OwnedModel;
  readonly #model: LayersModel;
  readonly #context: TrainerContext;
  readonly #spec: TfjsMemberSpec;
  readonly #member: number;
  readonly #inBag: Uint32Array;
  readonly #source: BatchSource;
  /** The place of each number of the input among the member's features; null when it is the same. */
  readonly #inputOrder: Uint32Array | null;
  readonly #trained: readonly LayerVariable[];
  /** Moving averages and frozen weights, which no gradient reaches. */
  readonly #others: readonly LayerVariable[];
  readonly #variables: readonly Variable[];
  readonly #ranges: readonly ParameterRange[];
  readonly #optimizer: Optimizer;
  /** f32[trained weights]: what the optimizer works on; the model's own tensors are copies of it. */
  readonly #parameters: Float32Array;
  readonly #gradient: Float32Array;
  /** f32[all weights], in the model's order: the best so far, under early stopping. */
  readonly #kept: Float32Array;
  #order: Uint32Array;
  /** The last epoch that began. */
  #epoch = 0;

  constructor(
    tf: TensorFlow,
    owned: OwnedModel,
    context: TrainerContext,
    spec: TfjsMemberSpec,
    member: number,
    rows: MemberRows,
  ) {
    const { memory, layout, task } = context;
    this.#tf = tf;
    this.#owned = owned;
    this.#model = owned.model;
    this.#context = context;
    this.#spec = spec;
    this.#member = member;
    this.#inBag = rows.inBag;
    this.#order = rows.inBag.slice();
    this.#inputOrder = inputOrder(owned.model);
    const picks = inputPicks(this.#inputOrder, rows.columns);
    this.#source = createBatchSource(memory.buffer, layout.dataset, task, picks, spec.labelSmoothing);
    this.#trained = owned.model.trainableWeights;
    this.#others = owned.model.nonTrainableWeights;
    this.#variables = this.#trained.map((weight) => weight.read() as Variable);
    this.#ranges = rangesOf(this.#trained);
    this.#optimizer = createOptimizer(spec.optimizer, spec.normPenalty, this.#ranges);
    const length = this.#optimizer.first.length;
    this.#parameters = new Float32Array(length);
    this.#gradient = new Float32Array(length);
    this.weightCount = weightCount(owned.model);
    this.#kept = new Float32Array(spec.earlyStopping === null ? 0 : this.weightCount);
    this.topology = topologyOf(owned.model);
    this.stepsPerEpoch = Math.ceil(rows.inBag.length / spec.batchSize);
    this.stateLengthFloats =
      this.weightCount + this.#stateParts().reduce((sum, part) => sum + part.length, 0);
    readWeights(this.#trained, this.#parameters);
  }

  /** Whether the untrained model's outputs are probabilities already, whatever made them so. */
  putsOutProbabilities(): boolean {
    const rows = this.#inBag.subarray(0, 8);
    const z = this.#forward(rows);
    const units = z.length / rows.length;
    return rows.every((_, row) => {
      const outputs = z.subarray(row * units, (row + 1) * units);
      const sum = outputs.reduce((total, value) => total + value, 0);
      return Math.abs(sum - 1) < 1e-4 && outputs.every((value) => value >= 0);
    });
  }

  runEpoch(epoch: number, learningRate: number): number | null {
    const { control, slot, seed } = this.#context;
    this.#epoch = epoch;
    this.#order.set(this.#inBag);
    const key = streamKey(seed, 'order', this.#spec.streams.order, epoch);
    shuffleInPlace(this.#order, new RandomStream(key));
    let lossSum = 0;
    for (let step = 0; step < this.stepsPerEpoch; step++) {
      if (control.stopRequested) return null;
      lossSum += this.#step(epoch, step, learningRate);
      control.step(slot, step + 1);
    }
    return lossSum / this.#order.length;
  }

  /** One update; returns the summed loss of its examples before it. */
  #step(epoch: number, step: number, learningRate: number): number {
    const { schedule, epochs, batchSize, streams } = this.#spec;
    const done = (epoch - 1) * this.stepsPerEpoch + step;
    const rate = learningRate * scheduleFactor(schedule, done, this.stepsPerEpoch, epochs);
    const rows = this.#order.subarray(step * batchSize, (step + 1) * batchSize);
    const x = this.#noisyInputs(rows, epoch, step);
    const key = streamKey(this.#context.seed, 'masks', streams.masks, epoch, step);
    const loss = withKeyedRandom(key, () =>
      this.#guard(() => this.#differentiate(x, this.#source.truth(rows))),
    );
    if (!Number.isFinite(loss)) throw diverged(this.#member, epoch, loss);
    this.#optimizer.apply(this.#parameters, this.#gradient, rate, done + 1);
    this.#writeParameters();
    return loss * rows.length;
  }

  #noisyInputs(rows: Uint32Array, epoch: number, step: number): Float32Array {
    const { inputNoise, streams } = this.#spec;
    const x = this.#source.inputs(rows);
    if (inputNoise > 0) {
      const key = streamKey(this.#context.seed, 'noise', streams.masks, epoch, step);
      addNoise(x, x.length / rows.length, this.#inputOrder, inputNoise, key);
    }
    return x;
  }

  /** What TensorFlow or a layer of the user's throws becomes an error that names the module. */
  #guard<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      const { model } = this.#spec;
      const use = { module: model, member: this.#member };
      throw moduleError(use, `The model of ${model.path} failed in training: ${reasonOf(error)}`, error);
    }
  }

  /** Fills the gradient and returns the mean loss, the regularizers of the model's own layers left out. */
  #differentiate(x: Float32Array, truth: Truth): number {
    const tf = this.#tf;
    const examples = truth.weights.length;
    let loss = Number.NaN;
    tf.tidy(() => {
      const head = tf.customGrad((outputs) => {
        const z = outputs.dataSync();
        const dz = new Float32Array(z.length);
        loss = batchLoss(this.#spec, z, truth, dz);
        return { value: tf.scalar(loss), gradFunc: () => tf.tensor(dz, outputs.shape) };
      });
      const input = tf.tensor(x, [examples, ...this.#owned.inputShape]);
      const { grads } = tf.variableGrads(() => {
        const value = head(single(this.#model.apply(input, { training: true })));
        return this.#model.calculateLosses().reduce((sum, penalty) => tf.add(sum, penalty), value);
      }, this.#variables);
      for (const [index, { start, length }] of this.#ranges.entries()) {
        const gradient = grads[this.#variables[index]!.name] ?? null;
        if (gradient === null) this.#gradient.fill(0, start, start + length);
        else this.#gradient.set(gradient.dataSync(), start);
      }
    });
    return loss;
  }

  /** Hands the updated parameters to the model. */
  #writeParameters(): void {
    writeWeights(this.#tf, this.#trained, this.#parameters);
    for (const [index, weight] of this.#trained.entries()) {
      const { start } = this.#ranges[index]!;
      if (weight.constraint !== null) this.#parameters.set(weight.read().dataSync(), start);
    }
  }

  evaluate(rows: Uint32Array): number {
    let lossSum = 0;
    for (let first = 0; first < rows.length; first += EVALUATED_ROWS) {
      const block = rows.subarray(first, first + EVALUATED_ROWS);
      const z = this.#forward(block);
      lossSum += batchLoss(this.#spec, z, this.#source.truth(block), null) * block.length;
    }
    return lossSum / rows.length;
  }

  /** Raw outputs of rows, f32[rows, units]. */
  #forward(rows: Uint32Array): Float32Array {
    return this.#guard(() => forward(this.#tf, this.#owned, this.#source.inputs(rows), rows.length));
  }

  keepWeights(): void {
    this.#readAll(this.#kept);
  }

  restoreWeights(): void {
    this.#writeAll(this.#kept);
  }

  requireFinite(): void {
    const weights = new Float32Array(this.weightCount);
    this.#readAll(weights);
    requireFinite(weights, this.#member, this.#epoch);
  }

  saveState(into: Float32Array): void {
    this.#readAll(into.subarray(0, this.weightCount));
    let start = this.weightCount;
    for (const part of this.#stateParts()) {
      into.set(part, start);
      start += part.length;
    }
  }

  /** The reverse of {@link saveState}. */
  takeUp(state: Float32Array): void {
    this.#writeAll(state.subarray(0, this.weightCount));
    let start = this.weightCount;
    for (const part of this.#stateParts()) {
      part.set(state.subarray(start, start + part.length));
      start += part.length;
    }
  }

  /** What a state holds after the weights. */
  #stateParts(): readonly Float32Array[] {
    return [this.#optimizer.first, this.#optimizer.second, this.#kept];
  }

  exportWeights(into: Float32Array): void {
    this.#readAll(into);
    requireFinite(into, this.#member, this.#epoch);
  }

  #readAll(into: Float32Array): void {
    readWeights([...this.#trained, ...this.#others], into);
  }

  #writeAll(from: Float32Array): void {
    writeWeights(this.#tf, [...this.#trained, ...this.#others], from);
    readWeights(this.#trained, this.#parameters);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** Raw outputs of inputs in the model's order, f32[rows, units], as in prediction. */
export function forward(
  tf: TensorFlow,
  { model, inputShape }: OwnedModel,
  inputs: Float32Array,
  rows: number,
): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor(inputs, [rows, ...inputShape]);
    return single(model.apply(x, { training: false })).dataSync();
  });
}

function single(outputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(outputs) ? outputs[0]! : outputs;
}

/** Matrices and kernels are what penalties act on; vectors are biases, or scales of a normalisation. */
function rangesOf(weights: readonly LayerVariable[]): ParameterRange[] {
  let start = 0;
  return weights.map((weight) => {
    const length = weightLength(weight);
    const range = { start, length, isKernel: weight.shape.length > 1 };
    start += length;
    return range;
  });
}
