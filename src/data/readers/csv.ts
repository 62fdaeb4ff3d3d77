// Reading CSV files into tables: header row, quotes, CRLF, a stated delimiter and encoding.
// The parser is csv-parse; this file guards what it lets through (an empty file, blank lines, ragged rows, binary data)
// and counts lines itself, because csv-parse counts a quoted CRLF twice.

import { isAscii } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { failOption, TuttiError } from '../../errors.js';
import { maxDataBytes, readBoundedFile } from '../../files/regular-file.js';
import { checkOptions, described, type OptionTable, option, pickOptions } from '../../option-names.js';
import type { Column } from '../table/column.js';
import { cleanText } from '../table/column-names.js';
import { delimiterHint, type Table } from '../table/table.js';
import { type Header, judgeNames, readHeader } from './csv-header.js';
import { encodingOf, toUtf8 } from './text-encoding.js';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;

export interface CsvOptions {
  /**
   * One character other than a quote or a line end, or its name: comma, semicolon, tab, space, pipe; '\\t' (two
   * characters, as shells pass it) is a tab. @default ','
   */
  readonly delimiter?: string | undefined;
  /**
   * How the file's letters are written: utf-8, latin1, windows-1252, utf-16le or utf-16be. A byte-order mark says so
   * by itself. @default utf-8
   */
  readonly encoding?: string | undefined;
}

/** What the options must be; see src/option-names.ts. */
export const CSV_OPTIONS = {
  delimiter: described(option.text, {
    kind: 'text',
    says: 'what separates the cells of the CSV file',
    range: 'one character, or comma, tab, space, semicolon, pipe',
    defaultSays: 'comma',
  }),
  encoding: described(option.text, {
    kind: 'text',
    says: "how the CSV file's letters are written",
    range: 'utf-8, latin1, windows-1252, utf-16le, utf-16be',
    defaultSays: 'utf-8, or what a byte-order mark says',
  }),
} satisfies OptionTable<CsvOptions>;

const DELIMITERS: Readonly<Record<string, string>> = {
  ...{ comma: ',', semicolon: ';', tab: '\t', '\\t': '\t', space: ' ', pipe: '|' },
};

/** What stands for standard input where a file is asked for. */
const STANDARD_INPUT = '-';

/** The first bytes of a saved ensemble; reading data must not depend on bundles, so they are repeated here. */
const ENSEMBLE_MAGIC = Buffer.from('TUTTI\0');

/** More columns than this are refused: each takes a kilobyte or two, whatever is in it. */
const MOST_COLUMNS = 1_000_000;

/** Longer rows are refused; one quote that is never closed makes a row of all the rest of a file. */
const MOST_RECORD_BYTES = 1 << 28;

/**
 * Reads a CSV file, or standard input for the path `-`. Blanks around cells are dropped. Blank lines are skipped; in a
 * file of one column they are rows with a missing cell, but for those at the end. What is to be said about columns
 * without names is in the table's notes.
 *
 * Memory: the file's bytes while it is read, then 4 to 8 bytes per cell and each distinct text once.
 *
 * @throws ERR_FILE when the file cannot be read or is too large; ERR_OPTION for an impossible delimiter or encoding;
 * ERR_DATA naming file and line for binary data, bytes that are no text in the encoding, an empty file, no data rows,
 * a header with equal names, a row with too many or too few cells, unbalanced quotes
 */
export function readCsv(path: string, options: CsvOptions = {}): Table {
  checkOptions('readCsv', options, CSV_OPTIONS);
  const delimiter = delimiterOf(options.delimiter ?? ',');
  const encoding = options.encoding === undefined ? null : encodingOf(options.encoding);
  const standard = path === STANDARD_INPUT;
  const source = standard ? 'standard input' : path;
  const bytes = readBoundedFile(standard ? '/dev/stdin' : path, {
    maxBytes: maxDataBytes(),
    pipes: true,
    name: source,
  });
  if (bytes.subarray(0, ENSEMBLE_MAGIC.length).equals(ENSEMBLE_MAGIC)) {
    throw fileError(source, `Expected ${source} to be a CSV file, got a saved ensemble`);
  }
  const text = toUtf8(source, bytes, encoding);
  refuseWideLines(source, text, delimiter);
  return parseText(source, text, delimiter);
}

/**
 * The table of a file, or the one that was read before.
 * @throws ERR_OPTION for options of reading beside a table, and what {@link readCsv} throws
 */
export function tableFrom(source: string | Table, options: CsvOptions): Table {
  const own = pickOptions(options, CSV_OPTIONS);
  if (typeof source === 'string') return readCsv(source, own);
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined) failOption(name, 'absent for a table that is read already', value);
  }
  return source;
}

/** The character that a stated delimiter names, such as a tab for `tab`. @throws ERR_OPTION */
export function delimiterOf(given: string): string {
  const delimiter = DELIMITERS[given] ?? given;
  if ([...delimiter].length === 1 && !/["\r\n]/.test(delimiter)) return delimiter;
  const names = 'comma, semicolon, tab, space, pipe';
  return failOption('delimiter', `one character that is no quote and no line end, or ${names}`, given);
}

/** Before the parser makes a text of every cell: a line too wide is told by its delimiters alone. */
function refuseWideLines(source: string, text: Buffer, delimiter: string): void {
  const separator = Buffer.from(delimiter);
  for (let start = 0, line = 1; start < text.length; line++) {
    const at = text.indexOf(LINE_FEED, start);
    const end = at < 0 ? text.length : at;
    if (end - start >= MOST_COLUMNS && cellsIn(text.subarray(start, end), separator) > MOST_COLUMNS) {
      const message = `Expected at most ${MOST_COLUMNS} columns, got more (${source}, line ${line})`;
      throw fileError(source, message, { line });
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

/** Collects records into columns, checking each against the header. */
class TableBuilder {
  readonly source: string;
  readonly delimiter: string;
  /** Columns trim ASCII blanks themselves. */
  readonly #clean: (cell: string) => string;
  readonly #lines: number[] = [];
  #header: Header | null = null;
  /** Lines of blank rows in a file of one column, until a row after them shows that they are not its end. */
  #blank: number[] = [];

  constructor(source: string, delimiter: string, ascii: boolean) {
    this.source = source;
    this.delimiter = delimiter;
    this.#clean = ascii ? (cell) => cell : cleanText;
  }

  add(cells: readonly string[], line: number, blank: boolean): void {
    if (this.#header === null) {
      if (!blank) this.#header = readHeader(cells, this.source, line);
      return;
    }
    const { columns } = this.#header;
    if (blank) {
      if (columns.length === 1) this.#blank.push(line);
      return;
    }
    if (this.#blank.length > 0) this.#addBlank(columns[0]!);
    if (cells.length !== columns.length) throw this.#ragged(columns, cells, line);
    for (let c = 0; c < cells.length; c++) columns[c]!.push(this.#clean(cells[c]!));
    this.#lines.push(line);
  }

  #addBlank(column: Column): void {
    for (const line of this.#blank) {
      column.push('');
      this.#lines.push(line);
    }
    this.#blank = [];
  }

  #ragged(columns: readonly Column[], cells: readonly string[], line: number): TuttiError {
    const row = this.#lines.length + 1;
    const place = `(${this.source}, line ${line}, row ${row})`;
    const trailing = cells.length === columns.length + 1 && cells.at(-1) === '';
    const hint = trailing ? '; the line ends in a delimiter, unlike the header' : delimiterHint({ columns });
    const message = `Expected ${count(columns.length, 'cell')} as in the header, got ${cells.length} ${place}${hint}`;
    return fileError(this.source, message, { line, row });
  }

  table(): Table {
    const got = this.#header === null ? 'an empty file' : 'a header and no rows';
    if (this.#header === null || this.#lines.length === 0) {
      throw fileError(this.source, `Expected ${this.source} to have a header and rows, got ${got}`);
    }
    const { columns, notes } = judgeNames(this.#header);
    const lines = Uint32Array.from(this.#lines);
    const { source, delimiter } = this;
    return { source, columns, rows: lines.length, lines, delimiter, notes };
  }
}

function parseText(source: string, text: Buffer, delimiter: string): Table {
  const builder = new TableBuilder(source, delimiter, isAscii(text));
  const counter = new LineCounter(text);
  try {
    parse(text, {
      delimiter,
      trim: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true, // ragged rows are refused above, with the right line
      max_record_size: MOST_RECORD_BYTES,
      on_record: (cells: string[], info) => {
        const { line, quoted } = counter.nextRecord(info.bytes);
        builder.add(cells, line, !quoted && cells.length === 1 && cleanText(cells[0]!) === '');
        return null; // keep nothing: the builder holds the cells compactly
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { line } = counter.nextRecord(text.length);
    throw fileError(source, `Expected ${expectation(error.code)} (${source}, line ${line})`, { line }, error);
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

  nextRecord(end: number): { line: number; quoted: boolean } {
    const line = this.#line;
    let quoted = false;
    while (this.#at < end) {
      const byte = this.#bytes[this.#at++];
      if (byte === QUOTE) quoted = true;
      // A lone CR ends a line; the CR of a CRLF does not end one of its own.
      else if (byte === LINE_FEED) this.#line++;
      else if (byte === CARRIAGE_RETURN && this.#bytes[this.#at] !== LINE_FEED) this.#line++;
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

function fileError(file: string, message: string, details = {}, cause?: unknown): TuttiError {
  return new TuttiError('ERR_DATA', message, { file, ...details }, cause);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
