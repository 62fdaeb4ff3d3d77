// How well rows whose truth is known conform to what was predicted of them, kept with an ensemble: what sets and intervals
// of a stated coverage are made of. Types alone.

import type { Aggregator } from '../predictions/aggregate/aggregators.js';

export interface Conformity {
  /** Out-of-bag rows of the training, each by the members that never saw it, or rows that nobody was trained on. */
  readonly method: 'jackknifeAfterBootstrap' | 'split';
  readonly aggregator: Aggregator;
  /** At least 1. */
  readonly rows: number;
  readonly scores: ClassConformity | ValueConformity;
  /**
   * Bits of who was out of bag for each row, u8[rows, ⌈members / 8⌉]: member m is bit m mod 8 of byte ⌊m / 8⌋ of its row;
   * null for `split`.
   */
  readonly mask: Uint8Array | null;
}

export interface ClassConformity {
  readonly kind: 'classification';
  /** Probability of the true class, f64[rows]. */
  readonly truth: Float64Array;
  /** Sum of the probabilities of the classes before it, most probable first, f64[rows]. */
  readonly above: Float64Array;
  /** How many classes come before it, u32[rows]. */
  readonly rank: Uint32Array;
}

export interface ValueConformity {
  readonly kind: 'regression';
  /** Truth − prediction in the user's units, f64[rows, targets]. */
  readonly residual: Float64Array;
  /** The predicted standard deviation of Gaussian heads, > 0, f64[rows, targets]; null without them. */
  readonly deviation: Float64Array | null;
}
