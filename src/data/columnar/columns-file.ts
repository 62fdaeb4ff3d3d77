// What files of columns have in common, whatever their format: how they are read, the room that their columns take, and
// the table that comes of them.

import { requireMemory } from '../../machine/memory-limit.js';
import type { Column } from '../table/column.js';
import type { ColumnNote, Table } from '../table/table.js';
import { refuseTexts } from '../table/table-limits.js';
import { asColumn } from './damaged.js';

/** What is read: any part of it. */
export interface PartsSource {
  readonly name: string;
  slice(start: number, end: number): Promise<Buffer>;
}

export interface ReadingCall {
  readonly signal?: AbortSignal | undefined;
  /** Told as they are read how many rows are there altogether. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** What a column is made with, part by part. */
export interface Builder {
  /** What it takes of memory when it is full, in bytes; of texts their codes. */
  readonly bytes: number;
  /** What texts it has take, in bytes. */
  readonly textBytes: number;
  column(): Column;
}

/**
 * Builders of columns of so many rows.
 * @param make a column's for a number of rows: asked for one row first, to know what all take before there is memory for any
 * @throws ERR_DATA naming the column of a type that has no place in a table, ERR_MEMORY for more rows than fit
 */
export function buildersWithRoom<Own extends Builder>(
  file: string,
  names: readonly string[],
  rows: number,
  make: (name: string, at: number, rows: number) => Own,
): Own[] {
  const all = (of: number) => names.map((name, at) => asColumn(file, name, () => make(name, at, of)));
  const perRow = all(1).reduce((sum, { bytes }) => sum + bytes, 0);
  const part = {
    use: `for its ${rows} rows`,
    bytes: perRow * rows,
    remedy: 'fewer rows or columns need less',
  };
  requireMemory([part], `Reading ${file}`);
  return all(rows);
}

/** @throws ERR_MEMORY where the texts of all columns are more than a table may hold */
export function refuseTextsOf(
  file: string,
  builders: readonly Pick<Builder, 'textBytes'>[],
  place: { readonly row?: number } = {},
): void {
  refuseTexts(
    file,
    builders.reduce((sum, { textBytes }) => sum + textBytes, 0),
    place,
  );
}

/** A table whose rows have no lines. */
export function tableOfColumns(
  source: string,
  columns: readonly Column[],
  rows: number,
  notes: readonly ColumnNote[],
): Table {
  return { source, columns, rows, lines: new Uint32Array(0), ...(notes.length > 0 ? { notes } : {}) };
}
