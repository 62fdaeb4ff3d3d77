// Trains one boosted-tree member: an epoch is a round, which adds a tree for each raw output. The dataset is read where it
// lies in shared memory; what is made of it (bins, sums) is the thread's own.

import { diverged, type MemberRows, type MemberTrainer, type TrainerContext } from '../shared/engine.js';
import { type BinnedRows, binRows } from './binning.js';
import { roundForExactSums } from './exact-sums.js';
import { TreeGrower } from './grow-tree.js';
import { type Objective, objectiveOf } from './objective.js';
import { rawOutputs } from './raw-outputs.js';
import { sampleOf } from './sample.js';
import type { TreesMemberSpec } from './spec.js';
import { addTrees, readTrees, StoredTrees, type Trees } from './stored-trees.js';

/** Prepares a member; it draws nothing but the rows and columns that it is given. */
export function createTrainer(
  context: TrainerContext,
  spec: TreesMemberSpec,
  member: number,
  rows: MemberRows,
  state: Float32Array | null,
): MemberTrainer {
  return new TreesTrainer(context, spec, member, rows, state);
}

/** Sums of the trees so far over listed rows. */
interface Sums {
  readonly rows: Uint32Array;
  readonly objective: Objective;
  /** f64[rows, outputs]. */
  readonly raw: Float64Array;
  /** How many rounds are in them. */
  rounds: number;
}

class TreesTrainer implements MemberTrainer {
  readonly stepsPerEpoch: number;
  readonly #context: TrainerContext;
  readonly #spec: TreesMemberSpec;
  readonly #member: number;
  readonly #x: Float32Array;
  readonly #stride: number;
  readonly #stopping: Uint32Array;
  readonly #outputs: number;
  readonly #binned: BinnedRows;
  readonly #grower: TreeGrower;
  readonly #objective: Objective;
  /** f64[rows in bag, outputs]: sums of the trees so far. */
  readonly #raw: Float64Array;
  readonly #derivatives: Float64Array;
  readonly #trees = new StoredTrees();
  /** Where each round ends in the stored trees; that before the first at 0. */
  readonly #ends: number[];
  #keptRounds = 0;
  #stopSums: Sums | null = null;

  constructor(
    context: TrainerContext,
    spec: TreesMemberSpec,
    member: number,
    rows: MemberRows,
    state: Float32Array | null,
  ) {
    const { memory, layout, task } = context;
    const { dataset } = layout;
    this.#context = context;
    this.#spec = spec;
    this.#member = member;
    this.#stride = dataset.xStrideBytes / 4;
    this.#x = new Float32Array(memory.buffer, dataset.x, dataset.rows * this.#stride);
    this.#stopping = rows.stopping;
    this.#outputs = rawOutputs(task);
    this.stepsPerEpoch = this.#outputs;
    const sample = sampleOf(memory.buffer, dataset, rows);
    this.#binned = binRows(memory.buffer, dataset, sample.rows, rows.columns, spec.trees.bins);
    this.#objective = objectiveOf(memory.buffer, dataset, task, sample.rows, sample.weights);
    const isUnit = this.#objective.isQuadratic && sample.weights === null;
    this.#grower = new TreeGrower(this.#binned, spec.trees, isUnit);
    this.#derivatives = new Float64Array(2 * sample.rows.length);
    this.#raw = new Float64Array(sample.rows.length * this.#outputs);
    this.#trees.append(state === null ? this.#objective.baseline() : state.subarray(1));
    this.#keptRounds = state?.[0] ?? 0;
    this.#ends = [this.#outputs];
    const trees = this.#read(0);
    this.#startSums(this.#raw, trees);
    addTrees(trees, 0, this.#x, this.#placeOf(sample.rows), sample.rows.length, this.#raw);
    this.#findEnds(trees);
    this.#objective.loss(this.#raw);
  }

  /** Where each round of trees that were taken up ends. */
  #findEnds({ roots, features }: Trees): void {
    for (let tree = this.#outputs; tree <= roots.length; tree += this.#outputs) {
      this.#ends.push(this.#outputs + 2 * (roots[tree] ?? features.length));
    }
  }

  runEpoch(epoch: number, learningRate: number): number | null {
    const { control, slot } = this.#context;
    const before = this.#trees.length;
    for (let output = 0; output < this.#outputs; output++) {
      if (control.stopRequested) {
        this.#trees.cut(before);
        return null;
      }
      this.#addTree(output, learningRate);
      control.step(slot, output + 1);
    }
    this.#ends.push(this.#trees.length);
    const loss = this.#objective.loss(this.#raw);
    if (!Number.isFinite(loss)) throw diverged(this.#member, epoch, loss);
    return loss;
  }

  /** The derivatives of all trees of a round are at the sums before it: `loss` was last asked there. */
  #addTree(output: number, rate: number): void {
    const raw = this.#raw;
    const outputs = this.#outputs;
    this.#objective.differentiate(raw, output, this.#derivatives);
    roundForExactSums(this.#derivatives);
    const tree = this.#grower.grow(this.#derivatives, rate, (rows, value) => {
      for (let i = 0; i < rows.length; i++) raw[rows[i]! * outputs + output]! += value;
    });
    this.#trees.appendTree(tree, this.#binned);
  }

  evaluate(rows: Uint32Array): number {
    const sums = this.#sumsOf(rows);
    const trees = this.#read(sums.rounds);
    addTrees(trees, 0, this.#x, this.#placeOf(rows), rows.length, sums.raw);
    sums.rounds = this.#ends.length - 1;
    return sums.objective.loss(sums.raw);
  }

  /** Those of the rows that a member stops by go on from the round before. */
  #sumsOf(rows: Uint32Array): Sums {
    if (rows === this.#stopping && this.#stopSums !== null && this.#stopSums.rounds < this.#ends.length)
      return this.#stopSums;
    const { memory, layout, task } = this.#context;
    const { dataset } = layout;
    const own =
      dataset.rowWeights === 0 ? null : new Float32Array(memory.buffer, dataset.rowWeights, dataset.rows);
    const weights = own && Float64Array.from(rows, (row) => own[row]!);
    const objective = objectiveOf(memory.buffer, dataset, task, rows, weights);
    const raw = new Float64Array(rows.length * this.#outputs);
    this.#startSums(raw, this.#read(this.#ends.length - 1));
    const sums: Sums = { rows, objective, raw, rounds: 0 };
    if (rows === this.#stopping) this.#stopSums = sums;
    return sums;
  }

  #startSums(raw: Float64Array, { baseline, outputs }: Trees): void {
    for (let at = 0; at < raw.length; at++) raw[at] = baseline[at % outputs]!;
  }

  /** The trees after so many rounds. */
  #read(rounds: number): Trees {
    const outputs = this.#outputs;
    const numbers = this.#trees.numbers;
    const from = this.#ends[rounds]!;
    const own = new Float32Array(outputs + numbers.length - from);
    own.set(numbers.subarray(0, outputs));
    own.set(numbers.subarray(from), outputs);
    const { features } = this.#context.layout.dataset;
    const { epochs, trees } = this.#spec;
    return readTrees(own, {
      ...{ outputs, features, rounds: epochs, maxLeaves: trees.maxLeaves, member: this.#member },
    });
  }

  #placeOf(rows: Uint32Array): (row: number) => number {
    const stride = this.#stride;
    return (row) => rows[row]! * stride;
  }

  keepWeights(): void {
    this.#keptRounds = this.#ends.length - 1;
  }

  restoreWeights(): void {
    this.#ends.length = this.#keptRounds + 1;
    this.#trees.cut(this.#ends.at(-1)!);
  }

  get stateLengthFloats(): number {
    return 1 + this.#trees.length;
  }

  saveState(into: Float32Array): void {
    into[0] = this.#keptRounds;
    into.set(this.#trees.numbers, 1);
  }

  /** Leaves are quotients of sums that are no smaller than {@link MIN_HESSIAN}: the loss tells what is not finite. */
  requireFinite(): void {}

  get weightCount(): number {
    return this.#trees.length;
  }

  exportWeights(into: Float32Array): void {
    into.set(this.#trees.numbers);
  }
}
