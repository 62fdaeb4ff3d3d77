// Data of charts that is kept by itself, as types alone: what holds it loads nothing that draws.

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Ends of a band about y. */
  readonly low?: number;
  readonly high?: number;
  /** Radius of its dot. */
  readonly size?: number;
}

/** Counts of bins of equal width from `low` to `high`. */
export interface Histogram {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Rows, or their weight, in each bin. */
  readonly counts: readonly number[];
}
