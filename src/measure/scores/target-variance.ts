// The variance of a regression's targets over the rows that are measured: what squared errors are read beside.

import type { Task } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';

export interface TargetVarianceAccumulator {
  /** Adds the rows of a block; of those with a mask, u8[k, rows], the ones with a 1 for some member. */
  addBlock(targets: TargetBlock, mask: Uint8Array | null): void;
  /** Mean squared deviation from the mean, summed over targets; null for classes and without rows. */
  finish(): number | null;
}

/**
 * An empty accumulator. Means are updated row by row, so that targets far from 0 lose no digits.
 *
 * **Source:** Welford 1962, Note on a method for calculating corrected sums of squares and products.
 */
export function createTargetVariance(task: Task): TargetVarianceAccumulator {
  const columns = task.kind === 'regression' ? task.targets.length : 0;
  const means = new Float64Array(columns);
  let squares = 0;
  let rows = 0;
  return {
    addBlock(block, mask) {
      if (columns === 0) return;
      for (let row = 0; row < block.rows; row++) {
        if (mask !== null && !counts(mask, block.rows, row)) continue;
        rows++;
        for (let column = 0; column < columns; column++) {
          const value = block.targets[row * columns + column]!;
          const before = value - means[column]!;
          means[column]! += before / rows;
          squares += before * (value - means[column]!);
        }
      }
    },
    finish: () => (rows === 0 ? null : squares / rows),
  };
}

function counts(mask: Uint8Array, rows: number, row: number): boolean {
  for (let at = row; at < mask.length; at += rows) if (mask[at] !== 0) return true;
  return false;
}
