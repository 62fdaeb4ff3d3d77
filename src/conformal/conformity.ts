// What a guarantee is made of: how well each row whose truth is known conformed to what members that never saw it said.
// Plain data that a saved ensemble keeps; it knows nothing of coverage, which is asked for when rows are predicted.

import type { Aggregator } from '../predictions/aggregate/aggregators.js';

/**
 * What is kept of n rows. They are counted one each, or, where rows come in groups, a group as one (`shares`).
 *
 * **Source:** Kim, Xu and Barber 2020, Predictive inference is free with the jackknife+-after-bootstrap,
 * arXiv 2002.09025; Romano, Sesia and Candès 2020, Classification with valid and adaptive coverage, arXiv 2006.02544.
 */
export interface Conformity {
  /**
   * `jackknifeAfterBootstrap`: training rows, each beside the members that never saw it. `split`: rows that no member was
   * trained on, beside all members.
   */
  readonly method: 'jackknifeAfterBootstrap' | 'split';
  /** What combined the members; no other one is guaranteed anything. */
  readonly aggregator: Aggregator;
  /** Whether probabilities were calibrated before they were scored. */
  readonly calibrated: boolean;
  /** Rows kept, n: at most {@link MOST_ROWS}, evenly from those there were. */
  readonly rows: number;
  /** Rows there were. */
  readonly rowsBefore: number;
  readonly scores: ClassConformity | ValueConformity;
  /** Bits u8[rows, ⌈k/8⌉]: bit m & 7 of byte m >> 3 says that member m never saw the row, and counts; null of `split`. */
  readonly mask: Uint8Array | null;
  /** Distinct groups the rows belong to; null where each row counts by itself. */
  readonly groups: number | null;
  /** What each row counts, one through the number of its group's rows, f64[rows]; null without groups. */
  readonly shares: Float64Array | null;
}

/** Of a row of a class: all that LAC, APS and RAPS are made of. */
export interface ClassConformity {
  readonly kind: 'classification';
  /** Its class, u32[rows]. */
  readonly label: Uint32Array;
  /** The probability of its class, f32[rows]. */
  readonly truth: Float32Array;
  /** The sum of the probabilities of the classes before it, most probable first, f32[rows]. */
  readonly above: Float32Array;
  /** How many classes come before it, u32[rows]. */
  readonly rank: Uint32Array;
}

/** Of a row of numbers. */
export interface ValueConformity {
  readonly kind: 'regression';
  /** Truth − prediction in the user's units, f64[rows, targets]. */
  readonly residual: Float64Array;
  /** The predicted standard deviation, where all members have a Gaussian head, > 0, f64[rows, targets]; else null. */
  readonly deviation: Float64Array | null;
}

/**
 * More rows are not kept: at 10 000 the coverage that they give varies by 0.3 % about the one asked for, and each row that is
 * predicted is held against all of them.
 */
export const MOST_ROWS = 10_000;

/** A deviation below this is taken as this, so that nothing is divided by one that underflowed to 0. */
export const LEAST_DEVIATION = 1e-150;
