// A table of text cells as read from a file, by column, and the wording of errors about its cells.
// Knows nothing of targets, types or datasets.

import { type ErrorDetails, TuttiError } from '../errors.js';
import type { Column } from './column.js';

export interface Table {
  /** The file's name as the user gave it. */
  readonly source: string;
  readonly columns: readonly Column[];
  readonly rows: number;
  /**
   * Line of the file on which each row starts, from 1 (the header is on line 1 unless blank lines precede); empty
   * where there is no file.
   */
  readonly lines: Uint32Array;
}

/** The column of that name, or undefined. */
export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name);
}

/**
 * The column an option names.
 *
 * @throws ERR_OPTION listing the columns there are
 */
export function requireColumn(table: Table, option: string, name: string): Column {
  const column = findColumn(table, name);
  if (column !== undefined) return column;
  const expected = `Expected \`${option}\` to be a column of ${table.source}`;
  const message = `${expected} (${listed(table.columns.map((column) => column.name))}), got ${JSON.stringify(name)}${delimiterHint(table)}`;
  throw new TuttiError('ERR_OPTION', message, { option, file: table.source, column: name });
}

/** The error of one cell: Expected `age` to be a number, got "abc" (people.csv, line 5, row 4). */
export function cellError(
  table: Table,
  row: number,
  column: Column,
  expected: string,
  hint = '',
): TuttiError {
  // Records have rows and no lines.
  const line = table.lines[row];
  const got = column.isMissing(row) ? 'a missing cell' : shortened(column.text(row));
  const place = `${table.source}, ${line === undefined ? '' : `line ${line}, `}row ${row + 1}, column \`${column.name}\``;
  const message = `Expected \`${column.name}\` to be ${expected}, got ${got} (${place})${hint && `; ${hint}`}`;
  return new TuttiError('ERR_DATA', message, {
    file: table.source,
    ...(line === undefined ? {} : { line }),
    row: row + 1,
    column: column.name,
  } satisfies ErrorDetails);
}

/** The first few of a list of names, for a message. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** A header that is one cell full of another delimiter was most likely read with the wrong one. */
function delimiterHint(table: Table): string {
  const only = table.columns.length === 1 ? table.columns[0]!.name : '';
  const delimiter = [',', ';', '\t', '|'].find((candidate) => only.includes(candidate));
  return delimiter === undefined ? '' : `; is the delimiter ${JSON.stringify(delimiter)}?`;
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);
}
