// The spec of a boosted-tree member.

import type { EpochMemberSpec } from '../../model/spec.js';

/** How each tree is grown. */
export interface TreeSpec {
  /** What the value of each leaf is multiplied by: the shrinkage, or learning rate. */
  readonly rate: number;
  /** Leaves of a tree, at most. */
  readonly maxLeaves: number;
  /** Splits between a tree's root and a leaf, at most; null for any number. */
  readonly maxDepth: number | null;
  /** Distinct rows of a leaf, at least. */
  readonly minLeafRows: number;
  /** λ: a leaf's value is −rate · G / (H + λ). */
  readonly l2: number;
  /** Bins that a column's values are sorted into, at most. */
  readonly bins: number;
}

/**
 * A member that is a sum of regression trees, each grown on the gradients of the loss of those before it; an epoch is
 * a round, which adds a tree for each raw output.
 * **Source:** Friedman (2001), Greedy function approximation: a gradient boosting machine; Chen and Guestrin (2016), XGBoost, eq. 5–7,
 * for the value of a leaf and the gain of a split; Ke et al. (2017), LightGBM, for histograms and growth leaf by leaf.
 */
export interface TreesMemberSpec extends EpochMemberSpec {
  readonly engine: 'trees';
  readonly trees: TreeSpec;
}
