// Columns of text that line up: the first to the left, the others to the right.

export type TextRow = readonly string[];

/** The rows as lines; rows may have fewer cells than others, and the last column is not padded. */
export function alignColumns(rows: readonly TextRow[], gap = '  '): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join(gap)
      .trimEnd(),
  );
}
