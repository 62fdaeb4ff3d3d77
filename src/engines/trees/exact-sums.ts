// Derivatives on a grid so fine that nothing is lost by it, and so coarse that sums of all rows are exact: then no sum
// depends on its order, and a child's sums may be its parent's less its sibling's.

/** Sums stay below 2⁵² units of the grid. */
const BITS = 52;

const float = new Float64Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * Rounds both columns of f64[n, 2] to multiples of a power of two each, the same for all of a column: the smallest with which
 * n of the column's largest are less than 2⁵² of it.
 */
export function roundForExactSums(pairs: Float64Array): void {
  for (let column = 0; column < 2; column++) {
    let largest = 0;
    for (let at = column; at < pairs.length; at += 2) {
      const size = Math.abs(pairs[at]!);
      if (size > largest) largest = size;
    }
    const unit = gridUnit(largest, pairs.length / 2);
    // Adding it leaves no room for what is smaller than a unit.
    const shift = 1.5 * 2 ** BITS * unit;
    for (let at = column; at < pairs.length; at += 2) pairs[at] = pairs[at]! + shift - shift;
  }
}

/** A power of two. */
function gridUnit(largest: number, rows: number): number {
  float[0] = largest * Math.max(rows, 4);
  const exponent = ((bits[1]! >>> 20) & 0x7ff) - 1022;
  return 2 ** Math.max(-1000, exponent - BITS);
}
