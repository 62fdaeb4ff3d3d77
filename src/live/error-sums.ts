// Sums of members' errors, row by row, that one more member can be added to: from them follow v, c, and the squared error
// of the mean of those that count in each row (docs/reference/measuring.md).

import type { Values } from '../data/dataset/dataset.js';
import type { TargetBlock } from '../predictions/blocks.js';
import type { ArrivalPoint } from './client/protocol.js';

export class ErrorSums {
  /** Members that were added, also those that count for no row. */
  arrived = 0;
  readonly #targets: TargetBlock;
  readonly #outputs: number;
  /** Σᵢ εᵢ of each row and output, f64[rows, outputs]. */
  readonly #errors: Float64Array;
  /** Σᵢ εᵢ² of each row, over outputs. */
  readonly #squares: Float64Array;
  /** k_r: members that count for each row. */
  readonly #counts: Uint32Array;

  /** @param targets the truth of all rows. @param outputs classes, or targets. */
  constructor(targets: TargetBlock, outputs: number) {
    const { rows } = targets;
    this.#targets = targets;
    this.#outputs = outputs;
    this.#errors = new Float64Array(rows * outputs);
    this.#squares = new Float64Array(rows);
    this.#counts = new Uint32Array(rows);
  }

  /** Adds a member's predictions, [places, outputs], of some of the rows. */
  add(places: Uint32Array, predictions: Values): void {
    const outputs = this.#outputs;
    for (const [at, row] of places.entries()) {
      for (let output = 0; output < outputs; output++) {
        const error = predictions[at * outputs + output]! - this.#truth(row, output);
        this.#errors[row * outputs + output]! += error;
        this.#squares[row]! += error * error;
      }
      this.#counts[row]!++;
    }
  }

  /**
   * v and c row by row: the mean over rows of the mean of εᵢ² over members, and of εᵢ εⱼ over pairs, null before there is one.
   * Over (row, member) and (row, pair), as the figures in the end are, rows that more members never saw would count for
   * more, and the line would miss the dots, which are means over rows.
   */
  moments(): { readonly v: number; readonly c: number | null } {
    let [v, rows, c, paired] = [0, 0, 0, 0];
    for (const [row, count] of this.#counts.entries()) {
      if (count === 0) continue;
      v += this.#squares[row]! / count;
      rows++;
      if (count < 2) continue;
      c += (this.#squareOfSum(row) - this.#squares[row]!) / (count * (count - 1));
      paired++;
    }
    return { v: v / rows, c: paired === 0 ? null : c / paired };
  }

  /** What the members so far have come to. */
  point(): ArrivalPoint {
    let [rows, inverses, squaredError, wrong] = [0, 0, 0, 0];
    for (const [row, count] of this.#counts.entries()) {
      if (count === 0) continue;
      rows++;
      inverses += 1 / count;
      squaredError += this.#squareOfSum(row) / (count * count);
      if (this.#isWrong(row, count)) wrong++;
    }
    const isClasses = this.#targets.labels.length > 0;
    return {
      arrived: this.arrived,
      coverage: rows / this.#counts.length,
      averaged: rows / inverses,
      squaredError: squaredError / rows,
      errorRate: isClasses ? wrong / rows : null,
      rmse: isClasses || this.#outputs > 1 ? null : Math.sqrt(squaredError / rows),
    };
  }

  #squareOfSum(row: number): number {
    let sum = 0;
    for (let at = row * this.#outputs; at < (row + 1) * this.#outputs; at++) sum += this.#errors[at]! ** 2;
    return sum;
  }

  /** Whether another class than the row's has the highest mean probability; the first of several does. */
  #isWrong(row: number, count: number): boolean {
    const { labels } = this.#targets;
    if (labels.length === 0) return false;
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let output = 0; output < this.#outputs; output++) {
      const mean = this.#truth(row, output) + this.#errors[row * this.#outputs + output]! / count;
      if (mean > highest) [best, highest] = [output, mean];
    }
    return best !== labels[row];
  }

  #truth(row: number, output: number): number {
    const { labels, targets } = this.#targets;
    if (labels.length > 0) return labels[row] === output ? 1 : 0;
    return targets[row * this.#outputs + output]!;
  }
}
