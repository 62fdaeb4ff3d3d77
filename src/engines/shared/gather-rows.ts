// The rows that a member predicts, with the columns it sees.

import type { RowRange } from '../../predictions/blocks.js';

/**
 * The rows of a range with the member's columns, f32[rows, columns]; a view of x where that is what they are.
 * @param columns a random subspace, or null. @param index rows that positions stand for, or null for themselves.
 */
export function gatherRows(
  x: Float32Array,
  features: number,
  columns: Uint32Array | null,
  { start, end }: RowRange,
  index: Uint32Array | null,
): Float32Array {
  if (index === null && columns === null) return x.subarray(start * features, end * features);
  const width = columns?.length ?? features;
  const rows = new Float32Array((end - start) * width);
  for (let at = start; at < end; at++) {
    const from = (index === null ? at : index[at]!) * features;
    const to = (at - start) * width;
    for (let c = 0; c < width; c++) rows[to + c] = x[from + (columns === null ? c : columns[c]!)]!;
  }
  return rows;
}
