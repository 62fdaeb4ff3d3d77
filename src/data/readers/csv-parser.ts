// Records of a CSV file by csv-parse, which knows every way to write them; the one module that imports it. Lines are counted
// here, because csv-parse counts a quoted CRLF twice.

import { isAscii } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { cleanText } from '../table/column-names.js';
import { MOST_COLUMNS, refuseColumns } from '../table/table-limits.js';
import type { CsvTable } from './csv-table.js';
import { fileError } from './reader.js';

export const [LINE_FEED, CARRIAGE_RETURN, QUOTE] = [10, 13, 34] as const;

/** Longer rows are refused; one quote that is never closed makes a row of all the rest of a file. */
export const MOST_RECORD_BYTES = 1 << 28;

/** How far the records of a text were taken. */
export interface Taken {
  /** Where the first record begins that is not whole; the text's length where all are. */
  readonly at: number;
  /** The line on which that is. */
  readonly line: number;
}

/**
 * Adds the records of a text to a table.
 * @param line on which the text starts
 * @param last whether no text comes after it: else its last record is whole only where its line is known to end
 * @throws ERR_DATA naming the line of a record that is none
 */
export function parseRecords(text: Buffer, table: CsvTable, line: number, last: boolean): Taken {
  const { source, delimiter } = table;
  refuseWideLines(source, text, delimiter, line);
  const clean = isAscii(text) ? (cell: string) => cell : cleanText;
  const counter = new LineCounter(text, line);
  let taken = 0;
  let added = line;
  try {
    parse(text, {
      delimiter,
      trim: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true, // ragged rows are refused by the table, with the right line
      max_record_size: MOST_RECORD_BYTES,
      on_record: (cells: string[], { bytes }) => {
        if (!last && bytes === text.length && text[bytes - 1] !== LINE_FEED) return null;
        const { line: at, quoted } = counter.nextRecord(bytes);
        const cleaned = cells.map(clean);
        table.add(cleaned, at, !quoted && cells.length === 1 && cleanText(cells[0]!) === '');
        taken = bytes;
        added = counter.line;
        return null; // keep nothing: the table holds the cells compactly
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (last || error.code !== 'CSV_QUOTE_NOT_CLOSED')
      throw recordError(source, error.code, counter.line, error);
  }
  return { at: taken, line: added };
}

/** What to throw for a record that is none. */
export function recordError(source: string, code: string, line: number, cause?: unknown) {
  return fileError(source, `Expected ${expectation(code)} (${source}, line ${line})`, { line }, cause);
}

/** Before the parser makes a text of every cell: a line too wide is told by its delimiters alone. */
function refuseWideLines(source: string, text: Buffer, delimiter: string, first: number): void {
  const separator = Buffer.from(delimiter);
  for (let start = 0, line = first; start < text.length; line++) {
    const at = text.indexOf(LINE_FEED, start);
    const end = at < 0 ? text.length : at;
    if (end - start >= MOST_COLUMNS) {
      refuseColumns(source, cellsIn(text.subarray(start, end), separator), line);
    }
    start = end + 1;
  }
}

/** Counted until there are too many. */
function cellsIn(line: Buffer, separator: Buffer): number {
  let cells = 1;
  for (let at = line.indexOf(separator); at >= 0 && cells <= MOST_COLUMNS; cells++) {
    at = line.indexOf(separator, at + separator.length);
  }
  return cells;
}

/** Turns the byte position after each record into the line on which the record started. */
class LineCounter {
  readonly #bytes: Buffer;
  #at = 0;
  /** On which the next record starts. */
  line: number;

  constructor(bytes: Buffer, line: number) {
    this.#bytes = bytes;
    this.line = line;
  }

  nextRecord(end: number): { line: number; quoted: boolean } {
    const { line } = this;
    let quoted = false;
    while (this.#at < end) {
      const byte = this.#bytes[this.#at++];
      if (byte === QUOTE) quoted = true;
      // A lone CR ends a line; the CR of a CRLF does not end one of its own.
      else if (byte === LINE_FEED) this.line++;
      else if (byte === CARRIAGE_RETURN && this.#bytes[this.#at] !== LINE_FEED) this.line++;
    }
    return { line, quoted };
  }
}

function expectation(code: string): string {
  if (code === 'CSV_MAX_RECORD_SIZE')
    return `rows of at most ${MOST_RECORD_BYTES} bytes, got more (is a quote never closed?)`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'every quoted cell to be closed, got a quote that never is';
  if (code === 'CSV_INVALID_CLOSING_QUOTE') return 'a delimiter after a closing quote, got other text';
  if (code === 'INVALID_OPENING_QUOTE')
    return 'quotes around a whole cell (doubled inside one), got a quote within';
  return `well-formed CSV, got ${code}`;
}
