// The losses of boosted trees over a set of rows, from the raw outputs of the trees so far: the mean loss, and the gradients
// that the next trees are grown on.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { quickExp, quickLog } from '../../math/quick-functions.js';
import type { DatasetLayout } from '../../memory/layout.js';

/** The truth of some rows, and their losses. */
export interface Objective {
  /** Raw outputs. */
  readonly outputs: number;
  /** Whether every second derivative is the weight of its row. */
  readonly isQuadratic: boolean;
  /**
   * The constant that the sum begins with, f64[outputs] rounded to single precision: the weighted mean of the targets, or the logarithms of
   * the classes' shares (of log odds for two classes), where one that no row has counts as half a row.
   */
  baseline(): Float64Array;
  /**
   * The mean loss per row, and what {@link differentiate} needs.
   * @param raw f64[rows, outputs].
   */
  loss(raw: Float64Array): number;
  /**
   * First and second derivatives of each row's weighted loss by one raw output, at those last given to `loss`.
   * @param into f64[rows, 2].
   */
  differentiate(raw: Float64Array, output: number, into: Float64Array): void;
}

/** The objective of a task over listed rows. @param weights f64[rows], or null for 1 each. */
export function objectiveOf(
  buffer: ArrayBufferLike,
  { rows: all, labels, targets, targetsStrideBytes }: DatasetLayout,
  task: Task,
  rows: Uint32Array,
  weights: Float64Array | null,
): Objective {
  if (task.kind === 'regression') {
    const stride = targetsStrideBytes / 4;
    const y = new Float32Array(buffer, targets, all * stride);
    return new SquaredError(y, stride, rows, weights, outputCount(task));
  }
  const all32 = new Int32Array(buffer, labels, all);
  const own = Int32Array.from(rows, (row) => all32[row]!);
  return outputCount(task) === 2 ? new Logistic(own, weights) : new Softmax(own, weights, outputCount(task));
}

/** ½(z − y)² for each target; the loss that is told is that of networks, the mean of (z − y)² over the targets. */
class SquaredError implements Objective {
  readonly isQuadratic = true;
  readonly outputs: number;
  /** f32[rows, outputs]. */
  readonly #y: Float32Array;
  readonly #weights: Float64Array | null;

  constructor(
    y: Float32Array,
    stride: number,
    rows: Uint32Array,
    weights: Float64Array | null,
    outputs: number,
  ) {
    this.outputs = outputs;
    this.#weights = weights;
    this.#y = new Float32Array(rows.length * outputs);
    for (let i = 0; i < rows.length; i++) {
      for (let k = 0; k < outputs; k++) this.#y[i * outputs + k] = y[rows[i]! * stride + k]!;
    }
  }

  baseline(): Float64Array {
    const sums = new Float64Array(this.outputs);
    let total = 0;
    const rows = this.#y.length / this.outputs;
    for (let i = 0; i < rows; i++) {
      const weight = this.#weights === null ? 1 : this.#weights[i]!;
      total += weight;
      for (let k = 0; k < this.outputs; k++) sums[k]! += weight * this.#y[i * this.outputs + k]!;
    }
    return sums.map((sum) => (total > 0 ? Math.fround(sum / total) : 0));
  }

  loss(raw: Float64Array): number {
    const { outputs } = this;
    const rows = this.#y.length / outputs;
    let total = 0;
    for (let i = 0, at = 0; i < rows; i++) {
      let own = 0;
      for (let k = 0; k < outputs; k++, at++) {
        const d = raw[at]! - this.#y[at]!;
        own += d * d;
      }
      total += this.#weights === null ? own : this.#weights[i]! * own;
    }
    return total / (rows * outputs);
  }

  differentiate(raw: Float64Array, output: number, into: Float64Array): void {
    const { outputs } = this;
    for (let i = 0, at = output; at < raw.length; i++, at += outputs) {
      const weight = this.#weights === null ? 1 : this.#weights[i]!;
      into[2 * i] = weight * (raw[at]! - this.#y[at]!);
      into[2 * i + 1] = weight;
    }
  }
}

/** −ln P(label), with P(1) = 1 / (1 + e⁻ᶻ). */
class Logistic implements Objective {
  readonly outputs = 1;
  readonly isQuadratic = false;
  readonly #labels: Int32Array;
  readonly #weights: Float64Array | null;
  /** P(1) of each row. */
  readonly #p: Float64Array;

  constructor(labels: Int32Array, weights: Float64Array | null) {
    this.#labels = labels;
    this.#weights = weights;
    this.#p = new Float64Array(labels.length);
  }

  baseline(): Float64Array {
    const [zero, one] = classWeights(this.#labels, this.#weights, 2);
    return Float64Array.of(Math.fround(quickLog(one!) - quickLog(zero!)));
  }

  loss(raw: Float64Array): number {
    const labels = this.#labels;
    const weights = this.#weights;
    const p = this.#p;
    let total = 0;
    for (let i = 0; i < labels.length; i++) {
      const z = raw[i]!;
      // Of the exponential of what is not positive.
      const small = quickExp(z > 0 ? -z : z);
      const sum = 1 + small;
      const share = 1 / sum;
      p[i] = z > 0 ? share : small * share;
      // softplus of −z for label 1, of z for label 0.
      const margin = labels[i] === 1 ? -z : z;
      const own = Math.max(margin, 0) + quickLog(sum);
      total += weights === null ? own : weights[i]! * own;
    }
    return total / labels.length;
  }

  differentiate(_raw: Float64Array, _output: number, into: Float64Array): void {
    const labels = this.#labels;
    const weights = this.#weights;
    const p = this.#p;
    for (let i = 0; i < labels.length; i++) {
      const weight = weights === null ? 1 : weights[i]!;
      const own = p[i]!;
      into[2 * i] = weight * (own - labels[i]!);
      into[2 * i + 1] = weight * (own * (1 - own));
    }
  }
}

/** −ln P(label), with P the softmax of the raw outputs. */
class Softmax implements Objective {
  readonly outputs: number;
  readonly isQuadratic = false;
  readonly #labels: Int32Array;
  readonly #weights: Float64Array | null;
  /** f64[rows, outputs]. */
  readonly #p: Float64Array;

  constructor(labels: Int32Array, weights: Float64Array | null, classes: number) {
    this.outputs = classes;
    this.#labels = labels;
    this.#weights = weights;
    this.#p = new Float64Array(labels.length * classes);
  }

  baseline(): Float64Array {
    const counts = classWeights(this.#labels, this.#weights, this.outputs);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => Math.fround(quickLog(count / total)));
  }

  loss(raw: Float64Array): number {
    const { outputs } = this;
    const p = this.#p;
    const labels = this.#labels;
    let total = 0;
    for (let i = 0; i < labels.length; i++) {
      const from = i * outputs;
      let highest = raw[from]!;
      for (let k = 1; k < outputs; k++) if (raw[from + k]! > highest) highest = raw[from + k]!;
      let sum = 0;
      for (let k = 0; k < outputs; k++) {
        const e = quickExp(raw[from + k]! - highest);
        p[from + k] = e;
        sum += e;
      }
      const scale = 1 / sum;
      for (let k = 0; k < outputs; k++) p[from + k]! *= scale;
      const own = quickLog(sum) + (highest - raw[from + labels[i]!]!);
      total += this.#weights === null ? own : this.#weights[i]! * own;
    }
    return total / labels.length;
  }

  differentiate(_raw: Float64Array, output: number, into: Float64Array): void {
    const { outputs } = this;
    const labels = this.#labels;
    for (let i = 0, at = output; i < labels.length; i++, at += outputs) {
      const weight = this.#weights === null ? 1 : this.#weights[i]!;
      const own = this.#p[at]!;
      into[2 * i] = weight * (labels[i] === output ? own - 1 : own);
      into[2 * i + 1] = weight * (own * (1 - own));
    }
  }
}

/** What the rows of each class weigh; half a row for a class without any. */
function classWeights(labels: Int32Array, weights: Float64Array | null, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) sums[labels[i]!]! += weights === null ? 1 : weights[i]!;
  return sums.map((sum) => (sum > 0 ? sum : 0.5));
}
