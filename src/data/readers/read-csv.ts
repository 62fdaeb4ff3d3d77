// The door for CSV files alone.

import { checkOptions } from '../../option-names.js';
import type { Table } from '../table/table.js';
import { csv } from './csv.js';
import { READ_OPTIONS, type ReadOptions } from './read-options.js';
import { readTableFile } from './read-table.js';

/** How CSV files are read. */
export type CsvOptions = ReadOptions;

/**
 * Reads a CSV file, whatever its name, or standard input for the path `-`. Blanks around cells are dropped. Blank lines
 * are skipped; in a file of one column they are rows with a missing cell, but for those at the end. What is to be said
 * about columns without names is in the table's notes.
 *
 * Memory: the file's bytes while it is read, then 4 to 8 bytes per cell and each distinct text once.
 *
 * @throws ERR_FILE when the file cannot be read or is too large; ERR_OPTION for an impossible delimiter or encoding;
 * ERR_DATA naming file and line for binary data, bytes that are no text in the encoding, an empty file, no data rows,
 * a header with equal names, a row with too many or too few cells, unbalanced quotes
 */
export function readCsv(path: string, options: CsvOptions = {}): Table {
  checkOptions('readCsv', options, READ_OPTIONS);
  return readTableFile(path, options, csv);
}
