// Records of a CSV file by their bytes: cells that are plain decimals become numbers without a text, rows without quotes
// are taken as they stand, and cells in quotes where nothing is odd about them. Everything else is csv-parse's to judge, so
// that a table is the same whoever read it; test/data/readers/csv-rows.test.ts holds one against the other.

import { isAscii } from 'node:buffer';
import type { TextColumn } from '../table/column.js';
import { cleanText } from '../table/column-names.js';
import { refuseColumns } from '../table/table-limits.js';
import { CARRIAGE_RETURN, LINE_FEED, parseRecords, QUOTE, type Taken } from './csv-parser.js';
import type { CsvTable } from './csv-table.js';

const [ZERO, NINE, MINUS, POINT] = [0x30, 0x39, 0x2d, 0x2e] as const;

/** Decimals of so many digits survive the way through a double, and both of its parts are exact. */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, power) => 10 ** power);

/** Smaller numbers are written with an exponent. */
const LEAST_PLAIN = 1e-6;

/**
 * Adds the records of a text to a table. Its delimiter is a single byte.
 * @param line on which the text starts
 * @param last whether no text comes after it: else its last record is whole only where its line is known to end
 * @throws ERR_DATA as {@link parseRecords}
 */
export function takeRows(text: Buffer, table: CsvTable, line: number, last: boolean): Taken {
  const ended = !last || text.length === 0 || isLineEnd(text[text.length - 1]!);
  return new RowScan(ended ? text : Buffer.concat([text, Buffer.of(LINE_FEED)]), table, line, last).run();
}

class RowScan {
  readonly #text: Buffer;
  readonly #table: CsvTable;
  readonly #last: boolean;
  readonly #delimiter: number;
  readonly #ascii: boolean;
  #line: number;
  #at = 0;
  /** The next quote; the text's length where there is none. */
  #quote = -1;

  constructor(text: Buffer, table: CsvTable, line: number, last: boolean) {
    this.#text = text;
    this.#table = table;
    this.#line = line;
    this.#last = last;
    this.#delimiter = table.delimiter.charCodeAt(0);
    this.#ascii = isAscii(text);
  }

  run(): Taken {
    const { length } = this.#text;
    while (this.#at < length) {
      if (this.#quote < this.#at) {
        const quote = this.#text.indexOf(QUOTE, this.#at);
        this.#quote = quote < 0 ? length : quote;
      }
      const end = this.#table.columns === null ? this.#at : this.#lineEndBefore(this.#quote);
      if (end > this.#at) this.#plainRows(end, this.#table.columns!);
      else {
        const cells = this.#row();
        if (cells === 'cut') break;
        if (cells === 'odd') return this.#parsed();
      }
    }
    if (this.#at < length && this.#last) return this.#parsed();
    return { at: this.#at, line: this.#line };
  }

  /** The rest by the parser. */
  #parsed(): Taken {
    const { at, line } = parseRecords(this.#text.subarray(this.#at), this.#table, this.#line, this.#last);
    return { at: this.#at + at, line };
  }

  /** Behind the last line that is over before a place; where the scan is if there is none. */
  #lineEndBefore(to: number): number {
    const rows = this.#text.subarray(this.#at, to);
    const feed = rows.lastIndexOf(LINE_FEED);
    const after = rows.subarray(feed + 1);
    // A carriage return at the very end may be one of two bytes.
    const open = to === this.#text.length && !this.#last && after.at(-1) === CARRIAGE_RETURN ? 1 : 0;
    return this.#at + feed + 1 + after.subarray(0, after.length - open).lastIndexOf(CARRIAGE_RETURN) + 1;
  }

  /** Rows without quotes, each ended. The one loop over bytes that runs for most of a file. */
  #plainRows(end: number, columns: readonly TextColumn[]): void {
    const text = this.#text;
    const table = this.#table;
    const delimiter = this.#delimiter;
    const width = columns.length;
    let at = this.#at;
    while (at < end) {
      const begun = at;
      for (let cell = 0; ; cell++, at++) {
        const start = at;
        let byte = text[at]!;
        const minus = byte === MINUS;
        if (minus) byte = text[++at]!;
        const [first, whole] = [byte, at];
        let digits = 0;
        while (byte >= ZERO && byte <= NINE) {
          digits = digits * 10 + (byte - ZERO);
          byte = text[++at]!;
        }
        const wholeDigits = at - whole;
        let fraction = 0;
        let plain = wholeDigits === 1 || (wholeDigits > 1 && first !== ZERO);
        if (byte === POINT) {
          const point = at;
          byte = text[++at]!;
          while (byte >= ZERO && byte <= NINE) {
            digits = digits * 10 + (byte - ZERO);
            byte = text[++at]!;
          }
          fraction = at - point - 1;
          plain &&= fraction > 0 && text[at - 1] !== ZERO;
        }
        if (byte !== delimiter && !isLineEnd(byte)) {
          plain = false;
          do byte = text[++at]!;
          while (byte !== delimiter && !isLineEnd(byte));
        }
        if (cell === 0) {
          if (byte !== delimiter) {
            this.#oneCell(begun, at, columns);
            break;
          }
          table.beginRow();
        }
        if (cell < width) {
          const size = fraction === 0 ? digits : digits / POWERS[fraction]!;
          if (
            plain &&
            wholeDigits + fraction <= MOST_DIGITS &&
            (size >= LEAST_PLAIN || (!minus && at - start === 1))
          ) {
            columns[cell]!.pushPlain(minus ? -size : size);
          } else if (plain && fraction > 0) columns[cell]!.pushDecimal(text.toString('latin1', start, at));
          else this.#pushText(columns[cell]!, cell, start, at);
        }
        if (byte === delimiter) continue;
        if (cell + 1 !== width) this.#failWidth(cell + 1, at === start);
        table.endRow(this.#line);
        break;
      }
      this.#line++;
      at += text[at] === CARRIAGE_RETURN && text[at + 1] === LINE_FEED ? 2 : 1;
    }
    this.#at = end;
  }

  /** A line without a delimiter. */
  #oneCell(start: number, end: number, columns: readonly TextColumn[]): void {
    const cell = this.#cleanText(start, end);
    if (cell === '') this.#table.addBlank(this.#line);
    else if (columns.length > 1) this.#failWidth(1, false);
    else this.#table.add([cell], this.#line, false);
  }

  #pushText(column: TextColumn, index: number, start: number, end: number): void {
    if (column.lastCode === null) {
      this.#pushNew(column, start, end);
      return;
    }
    const cache = this.#table.cacheOf(index);
    const code = cache.find(this.#text, start, end);
    if (code >= 0) {
      column.pushCode(code);
      return;
    }
    this.#pushNew(column, start, end);
    const own = column.lastCode;
    if (own !== null) cache.add(this.#text, start, end, own);
  }

  #pushNew(column: TextColumn, start: number, end: number): void {
    if (start === end) column.push('');
    else if (this.#ascii) column.push(this.#text.toString('latin1', start, end));
    else column.push(cleanText(this.#text.toString('utf8', start, end)));
  }

  #cleanText(start: number, end: number): string {
    return cleanText(this.#text.toString('utf8', start, end));
  }

  #failWidth(cells: number, endsEmpty: boolean): never {
    refuseColumns(this.#table.source, cells, this.#line);
    throw this.#table.ragged(cells, endsEmpty, this.#line);
  }

  /** Adds one row, with quotes perhaps. @returns `cut` where its end is not there, `odd` for one that the parser is to judge */
  #row(): 'added' | 'cut' | 'odd' {
    const text = this.#text;
    const cells: string[] = [];
    let [at, lines, quoted] = [this.#at, 1, false];
    for (;;) {
      const start = at;
      if (text[at] === QUOTE) {
        quoted = true;
        const close = this.#closing(at);
        if (close < 0 || close + 1 === text.length) return 'cut';
        at = close + 1;
        if (text[at] !== this.#delimiter && !isLineEnd(text[at]!)) return 'odd';
        const inside = this.#cleanText(start + 1, close);
        cells.push(
          inside.includes('"')
            ? cleanText(text.toString('utf8', start + 1, close).replaceAll('""', '"'))
            : inside,
        );
        lines += lineEnds(text.subarray(start, close));
      } else {
        while (at < text.length && text[at] !== this.#delimiter && !isLineEnd(text[at]!)) {
          if (text[at++] === QUOTE) return 'odd';
        }
        if (at === text.length) return 'cut';
        cells.push(this.#cleanText(start, at));
      }
      if (cells.length > MOST_CHECKED) refuseColumns(this.#table.source, cells.length, this.#line);
      if (text[at] !== this.#delimiter) break;
      at++;
    }
    if (text[at] === CARRIAGE_RETURN && at + 1 === text.length && !this.#last) return 'cut';
    this.#table.add(cells, this.#line, !quoted && cells.length === 1 && cells[0] === '');
    this.#at = at + (text[at] === CARRIAGE_RETURN && text[at + 1] === LINE_FEED ? 2 : 1);
    this.#line += lines;
    return 'added';
  }

  /** The quote that closes a cell; −1 where none does. */
  #closing(open: number): number {
    const text = this.#text;
    let at = text.indexOf(QUOTE, open + 1);
    while (at >= 0 && text[at + 1] === QUOTE) at = text.indexOf(QUOTE, at + 2);
    return at;
  }
}

/** Cells of a row before their number is looked at. */
const MOST_CHECKED = 1000;

function isLineEnd(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

function lineEnds(text: Buffer): number {
  let lines = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (byte === LINE_FEED || (byte === CARRIAGE_RETURN && text[at + 1] !== LINE_FEED)) lines++;
  }
  return lines;
}
