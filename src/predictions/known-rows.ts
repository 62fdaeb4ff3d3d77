// Predictions of rows whose truth is known, whole instead of block by block: for everything that must see all rows at
// once, as ranks, calibration, guarantees and charts do.

import type { Task } from '../data/dataset/dataset.js';
import type { TargetBlock } from './blocks.js';
import type { CombinedPredictions } from './combined-predictions.js';
import type { Predictions } from './predictions.js';

export interface KnownRows {
  readonly task: Task;
  /** Whether no member was trained on any of them, or each is predicted by the members that never saw it. */
  readonly rowsFrom: 'heldOut' | 'outOfBag';
  /** At least 1. */
  readonly rows: number;
  /** Classes, or targets. */
  readonly outputs: number;
  /** Each row's place in the dataset, ascending, u32[rows]. Out of bag those that nobody left out are missing. */
  readonly index: Uint32Array;
  readonly truth: TargetBlock;
  /** The dataset's weights of these rows, ≥ 0, f32[rows]; null where it has none. */
  readonly weights: Float32Array | null;
  /** The dataset's groups of these rows, i32[rows]: rows of one say the same again. @default none */
  readonly groups?: Int32Array | null;
  /** What the members' predictions are combined into; not calibrated. */
  readonly combined: CombinedPredictions;
  /** Each member's own, of all these rows: out of bag what a member says of a row it saw means nothing. Empty unless asked for. */
  readonly members: readonly Predictions[];
  /** u8[k, rows], 1 where a member counts for a row; null where all do. */
  readonly mask: Uint8Array | null;
  /**
   * Out of bag, where fewer members count for a row than predict new ones: what it takes to say what all of them would.
   * @default every row is predicted by all members
   */
  readonly fewer?: FewerMembers | null;
}

/** Rows that fewer members count for than there are. */
export interface FewerMembers {
  /** What one of the members that count says of each row. */
  readonly alone: Predictions;
  /** Σ of the squared shares of the members that count, f64[rows]: one by their number, where shares are equal. */
  readonly squaredShares: Float64Array;
  /** The same of all members. */
  readonly ofAll: number;
}
