// From probabilities to a decision. One rule, so that every aggregator and score breaks ties alike.

/** Index of the largest of `columns` numbers from `from` on; ties go to the lower index, NaN gives −1. */
export function largestAt(values: Float32Array | Float64Array, from: number, columns: number): number {
  let best = 0;
  let most = values[from]!;
  for (let column = 1; column < columns; column++) {
    const value = values[from + column]!;
    if (value > most) {
      most = value;
      best = column;
    }
  }
  return Number.isNaN(most) ? -1 : best;
}

/** The predicted class of each row, i32[rows], of probabilities [rows, classes]. */
export function labelsOf(
  probabilities: Float32Array | Float64Array,
  rows: number,
  classes: number,
): Int32Array {
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) labels[row] = largestAt(probabilities, row * classes, classes);
  return labels;
}
