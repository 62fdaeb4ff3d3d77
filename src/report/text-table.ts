// Columns of text that line up: the first to the left, the others to the right, or all to the left.

import { shortened, visible } from '../plain-text.js';

export type TextRow = readonly string[];

/** Names may be of any length; figures never come near. */
const LONGEST_CELL = 120;

/** The rows as lines; rows may have fewer cells than others, and the last column is not padded. */
export function alignColumns(rows: readonly TextRow[], gap = '  '): string[] {
  const pad = (cell: string, width: number, column: number): string =>
    column === 0 ? cell.padEnd(width) : cell.padStart(width);
  return aligned(rows, gap, pad);
}

/** The rows as lines, for cells that are words. */
export function alignLeft(rows: readonly TextRow[], gap = '  '): string[] {
  return aligned(rows, gap, (cell, width) => cell.padEnd(width));
}

function aligned(
  table: readonly TextRow[],
  gap: string,
  pad: (cell: string, width: number, column: number) => string,
): string[] {
  const rows = table.map((row) => row.map((cell) => shortened(visible(cell), LONGEST_CELL)));
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const widths = Array.from({ length: columns }, (_, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column]!, column))
      .join(gap)
      .trimEnd(),
  );
}
