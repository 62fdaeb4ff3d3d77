// Reading CSV files into tables: header row, quotes, CRLF, a stated delimiter and encoding.
// The parser is csv-parse; this file guards what it lets through (an empty file, blank lines, ragged rows, binary data)
// and counts lines itself, because csv-parse counts a quoted CRLF twice.

import { isAscii } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { failOption, type TuttiError } from '../../errors.js';
import type { TextColumn } from '../table/column.js';
import { cleanText } from '../table/column-names.js';
import { delimiterHint, type Table } from '../table/table.js';
import { GrowingRows, MOST_COLUMNS, refuseColumns } from '../table/table-limits.js';
import { type Header, judgeNames, readHeader } from './csv-header.js';
import { Pieces } from './pieces.js';
import { type FlowingReader, fileError } from './reader.js';
import { requireMemoryToRead } from './reading-memory.js';
import { encodingOf, toUtf8 } from './text-encoding.js';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;

const DELIMITERS: Readonly<Record<string, string>> = {
  ...{ comma: ',', semicolon: ';', tab: '\t', '\\t': '\t', space: ' ', pipe: '|' },
};

/** Longer rows are refused; one quote that is never closed makes a row of all the rest of a file. */
const MOST_RECORD_BYTES = 1 << 28;

/**
 * Blanks around cells are dropped. Blank lines are skipped; in a file of one column they are rows with a missing cell,
 * but for those at the end. What is to be said about columns without names is in the table's notes.
 */
export const csv = {
  name: 'csv',
  title: 'a CSV file',
  extensions: ['.csv', '.tsv'],
  options: ['delimiter', 'encoding'],
  // What no other reader knows is taken for CSV.
  sniff: () => false,
  open(source, { delimiter: given = ',', encoding: stated }) {
    const delimiter = delimiterOf(given);
    const encoding = stated === undefined ? null : encodingOf(stated);
    return new Pieces((bytes) => {
      const text = toUtf8(source, bytes, encoding);
      refuseWideLines(source, text, delimiter);
      requireMemoryToRead(source, text, Buffer.from(delimiter), Buffer.of(LINE_FEED));
      return parseText(source, text, delimiter);
    });
  },
} as const satisfies FlowingReader;

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

/** Collects records into columns, checking each against the header. */
class TableBuilder {
  readonly source: string;
  readonly delimiter: string;
  /** Columns trim ASCII blanks themselves. */
  readonly #clean: (cell: string) => string;
  #rows: GrowingRows;
  #header: Header | null = null;
  /** Lines of blank rows in a file of one column, until a row after them shows that they are not its end. */
  #blank: GrowingRows;

  constructor(source: string, delimiter: string, ascii: boolean) {
    this.source = source;
    this.delimiter = delimiter;
    this.#rows = new GrowingRows(source, []);
    this.#blank = this.#rows;
    this.#clean = ascii ? (cell) => cell : cleanText;
  }

  add(cells: readonly string[], line: number, blank: boolean): void {
    if (this.#header === null) {
      if (blank) return;
      this.#header = readHeader(cells, this.source, line);
      this.#rows = new GrowingRows(this.source, this.#header.columns);
      this.#blank = new GrowingRows(this.source, []);
      return;
    }
    const { columns } = this.#header;
    if (blank) {
      if (columns.length === 1) this.#blank.add(line);
      return;
    }
    if (this.#blank.length > 0) this.#addBlank(columns[0]!);
    if (cells.length !== columns.length) throw this.#ragged(columns, cells, line);
    for (let c = 0; c < cells.length; c++) columns[c]!.push(this.#clean(cells[c]!));
    this.#rows.add(line);
  }

  #addBlank(column: TextColumn): void {
    for (const line of this.#blank.lines()) {
      column.push('');
      this.#rows.add(line);
    }
    this.#blank = new GrowingRows(this.source, []);
  }

  #ragged(columns: readonly TextColumn[], cells: readonly string[], line: number): TuttiError {
    const row = this.#rows.length + 1;
    const place = `(${this.source}, line ${line}, row ${row})`;
    const trailing = cells.length === columns.length + 1 && cells.at(-1) === '';
    const hint = trailing
      ? '; the line ends in a delimiter, unlike the header'
      : delimiterHint({ columns, delimiter: this.delimiter });
    const message = `Expected ${count(columns.length, 'cell')} as in the header, got ${cells.length} ${place}${hint}`;
    return fileError(this.source, message, { line, row });
  }

  table(): Table {
    const got = this.#header === null ? 'an empty file' : 'a header and no rows';
    if (this.#header === null || this.#rows.length === 0) {
      throw fileError(this.source, `Expected ${this.source} to have a header and rows, got ${got}`);
    }
    const { columns, notes } = judgeNames(this.#header);
    const lines = this.#rows.lines();
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

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
