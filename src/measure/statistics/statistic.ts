// What figures of whole sets of rows are made of: all rows' predictions beside the truth, and statistics of them under
// any weights of the rows, so that resampling rows is weighing them anew and nothing is sorted or binned twice.

import type { Task, Values } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { Quantiles } from '../../predictions/quantiles.js';

/** Predictions of rows whose truth is known, all of a weight above 0. */
export interface WholeRows {
  readonly task: Task;
  readonly rows: number;
  /** Classes, or targets. */
  readonly outputs: number;
  /** Probabilities, or values in the user's units: [rows, outputs]. */
  readonly mean: Values;
  readonly logProbabilities: Float32Array | null;
  /** [rows, targets], in the square of the user's units. */
  readonly variance: Values | null;
  readonly varianceKind: CombinedPredictions['varianceKind'];
  /** Of heads that predict them; absent where there are none. */
  readonly quantiles?: Quantiles | undefined;
  /** Classification: the predicted class of each row; else empty. */
  readonly chosen: Int32Array;
  readonly truth: TargetBlock;
  /** f64[rows], > 0. */
  readonly weights: Float64Array;
}

/** Something that figures are functions of. Those that name the same statistic share it. */
export interface Statistic<Figures> {
  /**
   * Sorts and bins, once. What it returns is called for each weighing.
   * @param starts u32[units + 1], where each unit's rows begin, for statistics that are cheaper by units
   */
  prepare(rows: WholeRows, starts?: Uint32Array): Weighed<Figures>;
}

/**
 * Figures of rows that are weighed anew. They may be views of what the next call writes.
 * @param weights f64[rows], ≥ 0, of which some are above 0
 * @param counts u16[units], by which the rows' own weights were multiplied, where they are weighed unit by unit
 */
export type Weighed<Figures> = (weights: Float64Array, counts?: Uint16Array) => Figures;

/** Rows, or entries, by the cell that they are in: cell c's are `order[starts[c]] … order[starts[c + 1] − 1]`. */
export interface Cells {
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
}

/** Sorts entries by their cells, each cell's in their order: sums are then made in registers, cell by cell. */
export function byCell(cells: ArrayLike<number>, count: number): Cells {
  const starts = new Uint32Array(count + 1);
  for (let at = 0; at < cells.length; at++) starts[cells[at]! + 1]!++;
  for (let cell = 0; cell < count; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const order = new Uint32Array(cells.length);
  for (let at = 0; at < cells.length; at++) order[next[cells[at]!]!++] = at;
  return { order, starts };
}

/** The sum of weights in each cell, written to `into`. */
export function sumCells({ order, starts }: Cells, weights: Float64Array, into: Float64Array): void {
  for (let cell = 0; cell < into.length; cell++) {
    into[cell] = sumPicked(weights, order, starts[cell]!, starts[cell + 1]!);
  }
}

/** The sum of weights[order[from … to − 1]]. Four at a time, as each addition to one sum waits for the one before. */
export function sumPicked(weights: Float64Array, order: Uint32Array, from: number, to: number): number {
  let sum = 0;
  let at = from;
  for (; at + 3 < to; at += 4) {
    const first = weights[order[at]!]! + weights[order[at + 1]!]!;
    sum += first + (weights[order[at + 2]!]! + weights[order[at + 3]!]!);
  }
  for (; at < to; at++) sum += weights[order[at]!]!;
  return sum;
}

/** The sum of f64[n], four at a time. */
export function total(weights: Float64Array): number {
  let sum = 0;
  let at = 0;
  for (; at + 3 < weights.length; at += 4) {
    sum += weights[at]! + weights[at + 1]! + (weights[at + 2]! + weights[at + 3]!);
  }
  for (; at < weights.length; at++) sum += weights[at]!;
  return sum;
}

/** The mean of those that are no NaN; null for none. */
export function definedMean(values: Float64Array): number | null {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at])) continue;
    sum += values[at]!;
    count++;
  }
  return count === 0 ? null : sum / count;
}
