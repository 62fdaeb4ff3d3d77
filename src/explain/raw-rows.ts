// Rows of a dataset as the user's file has them.

import type { RawRows } from './slice-columns.js';

/** A row of a file. */
export interface RawRow {
  /** Its number in the file, from 1, and the line it starts on; null where there is no file. */
  readonly row: number;
  readonly line: number | null;
  /** The text of each cell, by the names of the columns. */
  readonly cells: Readonly<Record<string, string>>;
}

/** @param place in the dataset. @param columns @default all */
export function rawRowOf({ table, rows }: RawRows, place: number, columns?: readonly string[]): RawRow {
  const row = rows?.[place] ?? place;
  const wanted = table.columns.filter(({ name }) => columns === undefined || columns.includes(name));
  return {
    row: row + 1,
    line: table.lines[row] ?? null,
    cells: Object.fromEntries(wanted.map((column) => [column.name, column.text(row)])),
  };
}
