// What a column holds: numbers or categories, and where a cell contradicts that.
// Judged over the whole table, so that a bad cell is reported before any work, whichever split it falls in.

import { TuttiError } from '../errors.js';
import type { Column } from './column.js';
import { cellError, type Table } from './table.js';

export type ColumnKind = 'numeric' | 'categorical';

/**
 * Numeric when more than half of the non-missing cells are numbers, unless `categorical` lists the column.
 *
 * @throws ERR_DATA for a column of missing cells only
 */
export function kindOf(table: Table, column: Column, categorical: readonly string[]): ColumnKind {
  let present = 0;
  let numbers = 0;
  for (let row = 0; row < table.rows; row++) {
    if (column.isMissing(row)) continue;
    present++;
    if (!Number.isNaN(column.number(row))) numbers++;
  }
  if (present === 0) {
    const message = `Expected \`${column.name}\` to have values, got only missing cells (${table.source})`;
    throw new TuttiError('ERR_DATA', message, { file: table.source, column: column.name });
  }
  return numbers * 2 > present && !categorical.includes(column.name) ? 'numeric' : 'categorical';
}

/**
 * The numbers of a numeric column, f64[table rows], NaN where missing.
 *
 * @param hint what the user may do about text, after the error's message
 * @throws ERR_DATA naming the first cell that is other text or infinite
 */
export function numbersOf(table: Table, column: Column, hint = ''): Float64Array {
  const numbers = new Float64Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    const number = column.number(row);
    numbers[row] = number;
    if (Number.isFinite(number) || column.isMissing(row)) continue;
    if (Number.isNaN(number)) throw cellError(table, row, column, 'a number', hint);
    throw cellError(table, row, column, 'a finite number');
  }
  return numbers;
}

/**
 * Refuses missing cells.
 *
 * @param hint what the user may do about them
 * @throws ERR_DATA naming the first one (by row, then column) and how many there are
 */
export function refuseMissing(
  table: Table,
  columns: readonly Column[],
  hint: string,
  rows: Uint32Array | null = null,
): void {
  let missing = 0;
  let first: { row: number; column: Column } | null = null;
  for (const column of columns) {
    for (let i = 0; i < (rows?.length ?? table.rows); i++) {
      const row = rows === null ? i : rows[i]!;
      if (!column.isMissing(row)) continue;
      missing++;
      if (first === null || row < first.row) first = { row, column };
    }
  }
  if (first === null) return;
  const others = missing === 1 ? 'the only one' : `the first of ${missing} missing cells`;
  throw cellError(table, first.row, first.column, 'filled in', `${others}; ${hint}`);
}
