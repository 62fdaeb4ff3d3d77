// The columns that a member sees.

/**
 * Rows with the member's columns alone, f32[rows, columns]; x itself where it sees all.
 * @param columns a random subspace, or null.
 */
export function pickColumns(
  x: Float32Array,
  features: number,
  columns: Uint32Array | null,
  rows: number,
): Float32Array {
  if (columns === null) return x;
  const width = columns.length;
  const picked = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < width; c++) picked[row * width + c] = x[row * features + columns[c]!]!;
  }
  return picked;
}
