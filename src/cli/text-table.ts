// Columns of text that line up: the first to the left, the others to the right.

import { shortened, visible } from './plain-text.js';

export type TextRow = readonly string[];

/** Names may be of any length; figures never come near. */
const LONGEST_CELL = 120;

/** The rows as lines; rows may have fewer cells than others, and the last column is not padded. */
export function alignColumns(table: readonly TextRow[], gap = '  '): string[] {
  const rows = table.map((row) => row.map((cell) => shortened(visible(cell), LONGEST_CELL)));
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
