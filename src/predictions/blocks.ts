// How rows reach measurement: in fixed blocks, so that nothing grows with members × rows.
// Owns the block size and the true values of a block; knows nothing of members.

import type { Dataset } from '../data/dataset/dataset.js';

/** Most rows per block. Fixed, so that memory is bounded; no figure depends on it (tested). */
export const BLOCK_ROWS = 256;
/** Fewer rows than this would make calls, and loading weights that take turns, cost more than the work. */
const LEAST_BLOCK_ROWS = 64;
/** Numbers of all members' predictions of a block: 256 rows of 25 members and 10 classes. */
const BLOCK_NUMBERS = 2 ** 16;

/** Rows per block where every member's predictions of a block are held at once: fewer for many members. */
export function blockRowsFor(members: number, outputs: number): number {
  const rows = 8 * Math.floor(BLOCK_NUMBERS / (8 * members * outputs));
  return Math.min(BLOCK_ROWS, Math.max(LEAST_BLOCK_ROWS, rows));
}

/** Any flat row-major array of numbers. */
export type Numbers = Float32Array | Float64Array | readonly number[];

/** The true values of a block of rows. */
export interface TargetBlock {
  readonly rows: number;
  /** Classification: class indices, i32[rows]; else empty. */
  readonly labels: Int32Array;
  /** Regression: [rows, targets] row-major in the user's units; else empty. */
  readonly targets: Float32Array | Float64Array;
}

export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** Splits `rows` rows into consecutive ranges of at most {@link BLOCK_ROWS}. */
export function* blockRanges(rows: number, blockRows: number = BLOCK_ROWS): Generator<RowRange> {
  for (let start = 0; start < rows; start += blockRows) {
    yield { start, end: Math.min(rows, start + blockRows) };
  }
}

/**
 * The true values of positions start..end of an index vector (`index` null: of the dataset itself).
 */
export function targetBlock(dataset: Dataset, index: ArrayLike<number> | null, range: RowRange): TargetBlock {
  const rows = range.end - range.start;
  const rowAt = (at: number): number => (index === null ? range.start + at : index[range.start + at]!);
  if (dataset.task.kind === 'classification') {
    const labels = new Int32Array(rows);
    for (let at = 0; at < rows; at++) labels[at] = dataset.labels[rowAt(at)]!;
    return { rows, labels, targets: new Float64Array(0) };
  }
  const columns = dataset.task.targets.length;
  const targets = new Float64Array(rows * columns);
  for (let at = 0; at < rows; at++) {
    const from = rowAt(at) * columns;
    for (let column = 0; column < columns; column++) {
      targets[at * columns + column] = dataset.targets[from + column]!;
    }
  }
  return { rows, labels: new Int32Array(0), targets };
}
