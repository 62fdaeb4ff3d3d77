// The table that the records of a CSV file make: the first names the columns, each other is held against it.

import type { TuttiError } from '../../errors.js';
import type { TextColumn } from '../table/column.js';
import { delimiterHint, type Table } from '../table/table.js';
import { GrowingRows } from '../table/table-limits.js';
import { CellCache } from './cell-cache.js';
import { type Header, judgeNames, readHeader } from './csv-header.js';
import { fileError } from './reader.js';

/** Collects records into columns, checking each against the header. */
export class CsvTable {
  readonly source: string;
  readonly delimiter: string;
  #rows: GrowingRows;
  #header: Header | null = null;
  readonly #caches: CellCache[] = [];
  /** Lines of blank rows in a file of one column, until a row after them shows that they are not its end. */
  #blank: GrowingRows;

  constructor(source: string, delimiter: string) {
    this.source = source;
    this.delimiter = delimiter;
    this.#rows = new GrowingRows(source, []);
    this.#blank = this.#rows;
  }

  /** Those that the header names; null before it. */
  get columns(): readonly TextColumn[] | null {
    return this.#header?.columns ?? null;
  }

  get rows(): number {
    return this.#rows.length;
  }

  /** @param cells without blanks of other alphabets around them; columns trim those of ASCII. @param blank whether it is a blank line */
  add(cells: readonly string[], line: number, blank: boolean): void {
    if (blank) {
      this.addBlank(line);
      return;
    }
    const { columns } = this;
    if (columns === null) {
      this.#header = readHeader(cells, this.source, line);
      this.#rows = new GrowingRows(this.source, this.#header.columns);
      this.#blank = new GrowingRows(this.source, []);
      return;
    }
    if (cells.length !== columns.length) throw this.ragged(cells.length, cells.at(-1) === '', line);
    this.beginRow();
    for (let c = 0; c < cells.length; c++) columns[c]!.push(cells[c]!);
    this.endRow(line);
  }

  /** The texts of a column by their bytes. */
  cacheOf(column: number): CellCache {
    this.#caches[column] ??= new CellCache();
    return this.#caches[column];
  }

  /** A line without a cell: in a file of one column, a missing one. */
  addBlank(line: number): void {
    if (this.columns?.length === 1) this.#blank.add(line);
  }

  /** Before the cells of a row go into the columns. */
  beginRow(): void {
    if (this.#blank.length === 0) return;
    for (const line of this.#blank.lines()) {
      this.columns![0]!.push('');
      this.#rows.add(line);
    }
    this.#blank = new GrowingRows(this.source, []);
  }

  /** Once they are there. */
  endRow(line: number): void {
    this.#rows.add(line);
  }

  /** What to throw for a row of another length than the header's. */
  ragged(cells: number, endsEmpty: boolean, line: number): TuttiError {
    const columns = this.columns!;
    const row = this.#rows.length + this.#blank.length + 1;
    const place = `(${this.source}, line ${line}, row ${row})`;
    const trailing = cells === columns.length + 1 && endsEmpty;
    const hint = trailing
      ? '; the line ends in a delimiter, unlike the header'
      : delimiterHint({ columns, delimiter: this.delimiter });
    const message = `Expected ${count(columns.length, 'cell')} as in the header, got ${cells} ${place}${hint}`;
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

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
