// Scores in ascending order, and what those below a score count.

/** Scores of some rows. */
export interface ScoreOrder {
  /** What the rows of smaller scores count: one each, or their shares. */
  below(score: number): number;
}

/** @param scores f64[rows] @param shares f64[rows]; null: each counts one @param rows which of them */
export function scoreOrder(scores: Float64Array, shares: Float64Array | null, rows: Uint32Array): ScoreOrder {
  const order = rows.slice().sort((a, b) => scores[a]! - scores[b]!);
  const sorted = Float64Array.from(order, (row) => scores[row]!);
  const { length } = sorted;
  const first = sorted[0]!;
  const sums = new Float64Array(length + 1);
  for (let at = 0; at < length; at++) sums[at + 1] = sums[at]! + (shares === null ? 1 : shares[order[at]!]!);
  // What most are: a row alone in having been left out by its members.
  if (length === 1) return { below: (score) => (first < score ? sums[1]! : 0) };
  return {
    below(score) {
      let low = 0;
      let high = length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle]! < score) low = middle + 1;
        else high = middle;
      }
      return sums[low]!;
    },
  };
}
