// The mean member: in each row the mean of the scores of the members that count there, then the mean over rows.
// So it stands beside the ensemble's scores, which are over the same rows with the same weights; on a loss that is
// convex, averaging then never seems to hurt.

import type { Task } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { Scores } from '../metrics/metrics.js';
import { createScoreAccumulator, pooledScores, type ScoreAccumulator } from './scores.js';

export interface MeanMemberAccumulator {
  /** `mask`: u8[k, rows], 1 where a member counts for a row; null when all do. */
  addBlock(members: readonly Predictions[], targets: TargetBlock, mask: Uint8Array | null): void;
  /** Null when no member ever counted. */
  finish(): Scores | null;
}

/** An empty accumulator of `members` members. Cutting rows into blocks changes no bit. */
export function createMeanMember(task: Task, members: number): MeanMemberAccumulator {
  const each = Array.from({ length: members }, () => createScoreAccumulator(task));
  let rows = 0;
  return {
    addBlock(predictions, targets, mask) {
      const shares = mask === null ? null : sharesOf(mask, members, targets.rows);
      for (const [member, scores] of each.entries()) {
        const own = shares?.subarray(member * targets.rows, (member + 1) * targets.rows) ?? null;
        scores.addBlock(predictions[member]!, targets, own);
      }
      rows += shares === null ? targets.rows : coveredRows(shares, targets.rows);
    },
    finish() {
      const scores = pooledScores(each, task);
      return scores === null ? null : { ...scores, rows };
    },
  };
}

/** The mean member of members that all count for every row, from the scores of each. */
export function meanOfAll(each: readonly ScoreAccumulator[], task: Task): Scores | null {
  const scores = pooledScores(each, task);
  return scores === null ? null : { ...scores, rows: each[0]!.sums.rows };
}

/** f64[k, rows]: 1/k_r where a member counts for a row of k_r such members. */
function sharesOf(mask: Uint8Array, members: number, rows: number): Float64Array {
  const shares = Float64Array.from(mask);
  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let member = 0; member < members; member++) count += mask[member * rows + row]!;
    for (let at = row; at < shares.length; at += rows) if (shares[at] !== 0) shares[at] = 1 / count;
  }
  return shares;
}

function coveredRows(shares: Float64Array, rows: number): number {
  let covered = 0;
  for (let row = 0; row < rows; row++) {
    for (let at = row; at < shares.length; at += rows) {
      if (shares[at] === 0) continue;
      covered++;
      break;
    }
  }
  return covered;
}
