// What error correlation keeps of each row: a few sums over its members, so O(rows) not O(members × rows).
// Owns their storage; the bootstrap of intervals reads it.

/** Sums over the members that count for one row; errors are summed over outputs. */
export interface RowSum {
  /** S_r = Σᵢ εᵢ². */
  readonly squares: number;
  /** Σ_{i≠j} εᵢ εⱼ, over ordered pairs. */
  readonly products: number;
  /** k_r: members that count for the row, ≥ 1. */
  readonly memberCount: number;
}

/** Totals over rows, from which every figure follows. */
export interface RowTotals {
  readonly rows: number;
  readonly squares: number;
  readonly products: number;
  /** Σ k_r. */
  readonly memberCount: number;
  /** Σ k_r (k_r − 1), ordered pairs. */
  readonly pairs: number;
  /** Σ_r (S_r + products_r) / k_r²: the mean's squared error in each row, by its v_r and c_r. */
  readonly ensemble: number;
}

/** Doubles per stored row: the fields of RowTotals. */
export const ROW_FIELDS = 6;

export interface RowStore {
  add(row: RowSum): void;
  readonly rows: number;
  /** f64[rows, 6]: squares, products, members, pairs, ensemble, and 1 for the row itself. */
  values(): Float64Array;
  totals(): RowTotals;
}

/** An empty store; it grows by doubling. */
export function createRowStore(): RowStore {
  let values = new Float64Array(256 * ROW_FIELDS);
  let rows = 0;
  return {
    add({ squares, products, memberCount }) {
      const at = rows * ROW_FIELDS;
      if (at === values.length) {
        const grown = new Float64Array(values.length * 2);
        grown.set(values);
        values = grown;
      }
      values[at] = squares;
      values[at + 1] = products;
      values[at + 2] = memberCount;
      values[at + 3] = memberCount * (memberCount - 1);
      values[at + 4] = (squares + products) / (memberCount * memberCount);
      values[at + 5] = 1;
      rows++;
    },
    get rows() {
      return rows;
    },
    values: () => values.subarray(0, rows * ROW_FIELDS),
    totals: () => totalsOf(values, rows),
  };
}

/** The totals of f64[rows, 6]. */
export function totalsOf(values: Float64Array, rows: number): RowTotals {
  const sums = new Float64Array(ROW_FIELDS);
  for (let at = 0; at < rows * ROW_FIELDS; at += ROW_FIELDS) {
    for (let field = 0; field < ROW_FIELDS; field++) sums[field]! += values[at + field]!;
  }
  return {
    squares: sums[0]!,
    products: sums[1]!,
    memberCount: sums[2]!,
    pairs: sums[3]!,
    ensemble: sums[4]!,
    rows: sums[5]!,
  };
}
