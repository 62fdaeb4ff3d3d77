// What the members of two kinds share of their errors: the mean of εᵢ εⱼ over pairs of a member of each. Needs the
// sums of each kind's errors in a row and nothing of the members by themselves, so it costs no k² time.

import type { Task } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { classOfColumn, outputFactor } from './error-pass.js';

export interface BetweenKindsAccumulator {
  /** `mask`: u8[k, rows], 1 where a member counts for a row; null when all do. */
  addBlock(members: readonly Predictions[], targets: TargetBlock, mask: Uint8Array | null): void;
  /** Mean of εᵢ εⱼ, i of kind `a`, j of another kind `b`; null when no row has a pair. */
  at(a: number, b: number): number | null;
}

/** @param groups the members of each kind. */
export function createBetweenKinds(
  task: Task,
  groups: readonly (readonly number[])[],
): BetweenKindsAccumulator {
  const kinds = groups.length;
  const products = new Float64Array(kinds * kinds);
  const pairs = new Float64Array(kinds * kinds);
  let factor = 1;
  return {
    addBlock(members, targets, mask) {
      const columns = members[0]!.outputs;
      factor = outputFactor(task, columns);
      const sums = new Float64Array(kinds * columns);
      const counts = new Float64Array(kinds);
      for (let row = 0; row < targets.rows; row++) {
        sumErrors(task, groups, members, targets, mask, row, sums, counts);
        for (let a = 0; a < kinds; a++) {
          for (let b = 0; b < a; b++) {
            pairs[a * kinds + b]! += counts[a]! * counts[b]!;
            for (let column = 0; column < columns; column++) {
              products[a * kinds + b]! += sums[a * columns + column]! * sums[b * columns + column]!;
            }
          }
        }
      }
    },
    at(a, b) {
      const cell = Math.max(a, b) * kinds + Math.min(a, b);
      return pairs[cell] === 0 ? null : (factor * products[cell]!) / pairs[cell]!;
    },
  };
}

/** Of one row: the sum of each kind's errors, f64[kinds, columns], and how many of its members count. */
function sumErrors(
  task: Task,
  groups: readonly (readonly number[])[],
  members: readonly Predictions[],
  { rows, labels, targets }: TargetBlock,
  mask: Uint8Array | null,
  row: number,
  sums: Float64Array,
  counts: Float64Array,
): void {
  const columns = members[0]!.outputs;
  sums.fill(0);
  counts.fill(0);
  for (const [kind, group] of groups.entries()) {
    for (const member of group) {
      if (mask !== null && mask[member * rows + row] === 0) continue;
      counts[kind]!++;
      for (let column = 0; column < columns; column++) {
        const truth =
          task.kind === 'regression'
            ? targets[row * columns + column]!
            : Number(labels[row] === classOfColumn(task, columns, column));
        sums[kind * columns + column]! += members[member]!.mean[row * columns + column]! - truth;
      }
    }
  }
}
