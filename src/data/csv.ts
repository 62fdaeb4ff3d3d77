// Reading CSV files into tables: header row, quotes, CRLF, byte-order mark, a stated delimiter.
// The parser is csv-parse; this file guards what it lets through (duplicate headers, an empty file, binary
// data) and counts lines itself, because csv-parse counts a quoted CRLF twice.

import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { failOption, TuttiError } from '../errors.js';
import { maxDataBytes, readBoundedFile } from '../files/regular-file.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { Column } from './column.js';
import type { Table } from './table.js';

export interface CsvOptions {
  /** One character other than a quote or a line end; '\\t' (two characters, as shells pass it) is a tab. @default ',' */
  readonly delimiter?: string | undefined;
}

/** What the options must be; see src/option-names.ts. */
export const CSV_OPTIONS = { delimiter: option.text } satisfies OptionTable<CsvOptions>;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** The first bytes of a saved ensemble; reading data must not depend on bundles, so they are repeated here. */
const ENSEMBLE_MAGIC = Buffer.from('TUTTI\0');

/**
 * Reads a CSV file. White space around cells is dropped and blank lines are skipped.
 *
 * Memory: the file's bytes while it is read, then 4 to 8 bytes per cell and each distinct text once.
 *
 * @throws ERR_FILE when the file cannot be read; ERR_OPTION for an impossible delimiter; ERR_DATA naming file
 * and line for binary data, an empty file, no data rows, a header with empty or equal names, a row with too
 * many or too few cells, unbalanced quotes
 */
export function readCsv(path: string, options: CsvOptions = {}): Table {
  checkOptions('readCsv', options, CSV_OPTIONS);
  const delimiter = options.delimiter === '\\t' ? '\t' : (options.delimiter ?? ',');
  if ([...delimiter].length !== 1 || /["\r\n]/.test(delimiter)) {
    failOption('delimiter', 'one character that is no quote and no line end', delimiter);
  }
  const bytes = readBoundedFile(path, { maxBytes: maxDataBytes(), pipes: true });
  refuseBinary(path, bytes);
  return parseBytes(path, bytes, delimiter);
}

/** Collects records into columns, checking each against the header. */
class TableBuilder {
  readonly source: string;
  readonly columns: Column[] = [];
  readonly lines: number[] = [];

  constructor(source: string) {
    this.source = source;
  }

  add(cells: readonly string[], line: number): void {
    if (this.columns.length === 0) {
      this.#header(cells, line);
      return;
    }
    if (cells.length !== this.columns.length) {
      const place = `(${this.source}, line ${line}, row ${this.lines.length + 1})`;
      const message = `Expected ${count(this.columns.length, 'cell')} as in the header, got ${cells.length} ${place}`;
      throw fileError(this.source, message, { line, row: this.lines.length + 1 });
    }
    for (let c = 0; c < cells.length; c++) this.columns[c]!.push(cells[c]!);
    this.lines.push(line);
  }

  #header(cells: readonly string[], line: number): void {
    const seen = new Map<string, number>();
    cells.forEach((cell, index) => {
      const name = cell.trim();
      const place = `(${this.source}, line ${line})`;
      if (name === '') {
        const message = `Expected every column to have a name, got none for column ${index + 1} ${place}`;
        throw fileError(this.source, message, { line });
      }
      if (seen.has(name)) {
        const both = `columns ${seen.get(name)! + 1} and ${index + 1}`;
        const message = `Expected column names to differ, got ${JSON.stringify(name)} for ${both} ${place}`;
        throw fileError(this.source, message, { line, column: name });
      }
      seen.set(name, index);
      this.columns.push(new Column(name));
    });
  }

  table(): Table {
    const got = this.columns.length === 0 ? 'an empty file' : 'a header and no rows';
    if (this.lines.length === 0) {
      throw fileError(this.source, `Expected ${this.source} to have a header and rows, got ${got}`);
    }
    const { source, columns } = this;
    return { source, columns, rows: this.lines.length, lines: Uint32Array.from(this.lines) };
  }
}

function parseBytes(path: string, bytes: Buffer, delimiter: string): Table {
  const builder = new TableBuilder(path);
  const counter = new LineCounter(bytes);
  try {
    parse(bytes, {
      bom: true,
      delimiter,
      trim: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      relax_column_count: true, // ragged rows are refused above, with the right line
      on_record: (cells: string[], info) => {
        builder.add(cells, counter.startOfRecord(info.bytes));
        return null; // keep nothing: the builder holds the cells compactly
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = counter.startOfRecord(bytes.length);
    throw fileError(path, `Expected ${expectation(error.code)} (${path}, line ${line})`, { line }, error);
  }
  return builder.table();
}

/** Turns the byte position after each record into the line on which the record started. */
class LineCounter {
  readonly #bytes: Buffer;
  #at = 0;
  #line = 1;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  startOfRecord(end: number): number {
    while (this.#at < end && isBlank(this.#bytes[this.#at]!)) this.#step();
    const start = this.#line;
    while (this.#at < end) this.#step();
    return start;
  }

  #step(): void {
    const byte = this.#bytes[this.#at++];
    // A lone CR ends a line; the CR of a CRLF does not end one of its own.
    if (byte === LINE_FEED) this.#line++;
    else if (byte === CARRIAGE_RETURN && this.#bytes[this.#at] !== LINE_FEED) this.#line++;
  }
}

function isBlank(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === 32;
}

function refuseBinary(path: string, bytes: Buffer): void {
  const expected = `Expected ${path} to be a CSV file in UTF-8, got`;
  if (bytes.subarray(0, ENSEMBLE_MAGIC.length).equals(ENSEMBLE_MAGIC)) {
    throw fileError(path, `${expected} a saved ensemble`);
  }
  if (bytes.includes(0)) throw fileError(path, `${expected} binary data (or UTF-16 text)`);
  if (!isUtf8(bytes)) throw fileError(path, `${expected} binary data or text in another encoding`);
}

function expectation(code: string): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'every quoted cell to be closed, got a quote that never is';
  if (code === 'CSV_INVALID_CLOSING_QUOTE') return 'a delimiter after a closing quote, got other text';
  if (code === 'INVALID_OPENING_QUOTE')
    return 'quotes around a whole cell (doubled inside one), got a quote within';
  return `well-formed CSV, got ${code}`;
}

function fileError(file: string, message: string, details = {}, cause?: unknown): TuttiError {
  return new TuttiError('ERR_DATA', message, { file, ...details }, cause);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
