// Rows as objects with a value for each column, as a table: what a program has at hand, such as a request's body or what
// a database answered, and what a file of records holds. From there on they are read as a file's cells are.

import { describe, TuttiError } from '../../errors.js';
import { checkOptions, type OptionTable, option, suggest } from '../../option-names.js';
import { TextColumn } from './column.js';
import { isRecord } from './fail-rows.js';
import type { Table } from './table.js';
import { GrowingRows, refuseColumns } from './table-limits.js';

/** A cell: null and undefined are missing, like the texts that are missing in a file; true and false are categories. */
export type RecordValue = string | number | bigint | boolean | null | undefined;

/** A row as an object: a value for each column, by its name. */
export interface DataRecord {
  readonly [column: string]: RecordValue;
}

export interface RecordsOptions {
  /** What messages call the rows. @default 'records' */
  readonly source?: string;
}

const RECORDS_OPTIONS = { source: option.text } satisfies OptionTable<RecordsOptions>;

/**
 * A table of records, for `loadData` and wherever a table is taken. Its columns are the keys of the first record;
 * every other record has the same, a missing value being null.
 * @throws ERR_OPTION when there are no records; ERR_DATA naming the record and the column of a key too many or too few,
 * and of a value that is none of {@link RecordValue}, or no finite number.
 */
export function tableFromRecords(records: readonly DataRecord[], options: RecordsOptions = {}): Table {
  checkOptions('tableFromRecords', options, RECORDS_OPTIONS);
  const { source = 'records' } = options;
  requireRecords(records, source);
  return tableOf(records, new RecordTable(source));
}

export function requireRecords(records: unknown, source: string): asserts records is readonly DataRecord[] {
  if (Array.isArray(records) && records.length > 0) return;
  const got = Array.isArray(records) ? 'none' : shortly(records);
  const message = `Expected ${source} to be a list of at least one record, got ${got}`;
  throw new TuttiError('ERR_OPTION', message, { option: 'records' });
}

export function tableOf(records: readonly unknown[], into: RecordTable): Table {
  for (const record of records) into.add(record);
  return into.table();
}

/** Which keys records have, and how their numbers are written. */
export interface RecordColumns {
  /** The columns to take. */
  readonly names: readonly string[];
  /** Keys that may be there besides. */
  readonly others: readonly string[];
  /** The text of a number in a column. */
  numberText(column: string, value: number): string;
}

/** Collects records into columns. */
export class RecordTable {
  readonly #source: string;
  /** Of records of a file; 0 for the others. */
  #line = 0;
  #rows: GrowingRows;
  #columns: RecordColumns | null;
  #known: ReadonlySet<string> = new Set();
  #cells: readonly TextColumn[] = [];

  /** @param columns those of the first record where they are not stated */
  constructor(source: string, columns: RecordColumns | null = null) {
    this.#source = source;
    this.#columns = columns;
    this.#rows = new GrowingRows(source, []);
    if (columns !== null) this.#begin(columns);
  }

  #begin({ names, others }: RecordColumns): void {
    refuseColumns(this.#source, names.length, this.#lineOrNone);
    const broken = names.find((name) => !name.isWellFormed());
    if (broken !== undefined) throw this.#cellError(broken, 'to be a name of characters', 'half of one');
    this.#known = new Set([...names, ...others].map((name) => name.normalize()));
    this.#cells = names.map((name) => new TextColumn(name));
    this.#rows = new GrowingRows(this.#source, this.#cells);
  }

  /**
   * Adds a row. @param line of the file on which it starts, from 1.
   * @throws ERR_DATA for a record of other keys, and for a value that is none of {@link RecordValue}.
   */
  add(given: unknown, line = 0): void {
    this.#line = line;
    const record = this.#requireObject(given);
    if (this.#columns === null) {
      this.#columns = firstColumns(record);
      this.#begin(this.#columns);
    }
    this.#requireKnown(record);
    const keyOf = keysOf(record);
    for (const column of this.#cells) {
      const { name } = column;
      const key = keyOf(name);
      if (key === undefined) throw this.#cellError(name, 'to be there, null if missing', 'no such key');
      column.push(this.#cellOf(record[key], name, this.#columns));
    }
    this.#rows.add(line);
  }

  table(): Table {
    const lines = this.#line === 0 ? new Uint32Array(0) : this.#rows.lines();
    return { source: this.#source, columns: this.#cells, rows: this.#rows.length, lines };
  }

  #requireObject(record: unknown): Readonly<Record<string, unknown>> {
    if (isRecord(record)) return record;
    const { place, facts } = this.#place();
    const expected = `Expected row ${this.#row} of ${this.#source} to be an object with a value for each column`;
    throw new TuttiError('ERR_DATA', `${expected}, got ${shortly(record)}${place}`, facts);
  }

  #requireKnown(record: object): void {
    for (const key of Object.keys(record)) {
      if (this.#known.has(key) || this.#known.has(key.normalize())) continue;
      const { place, facts } = this.#place();
      const got = `\`${key}\`${suggest(key, [...this.#known])}${place}`;
      const expected = `Expected row ${this.#row} of ${this.#source} to have no columns but those known`;
      throw new TuttiError('ERR_DATA', `${expected}, got ${got}`, { ...facts, column: key });
    }
  }

  /** The cell's text as a file of that column would have it. */
  #cellOf(value: unknown, name: string, columns: RecordColumns): string {
    if (value === null || value === undefined) return '';
    if (typeof value === 'string') {
      if (value.isWellFormed()) return value;
      throw this.#cellError(name, 'to be text', `half a character (a lone surrogate) in ${describe(value)}`);
    }
    if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
    if (typeof value === 'number' && Number.isFinite(value)) return columns.numberText(name, value);
    const expected = typeof value === 'number' ? 'a finite number' : 'a number, a text, true, false or null';
    throw this.#cellError(name, `to be ${expected}`, shortly(value));
  }

  #cellError(column: string, expected: string, got: string): TuttiError {
    const line = this.#lineOrNone;
    const where = `${this.#source}, ${line === undefined ? '' : `line ${line}, `}row ${this.#row}`;
    const message = `Expected \`${column}\` ${expected}, got ${got} (${where}, column \`${column}\`)`;
    return new TuttiError('ERR_DATA', message, { ...this.#place().facts, column });
  }

  get #row(): number {
    return this.#rows.length + 1;
  }

  get #lineOrNone(): number | undefined {
    return this.#line === 0 ? undefined : this.#line;
  }

  /** The row at hand, where a message names its number already. */
  #place() {
    const line = this.#lineOrNone;
    const facts = { file: this.#source, row: this.#row };
    return line === undefined
      ? { place: '', facts }
      : { place: ` (line ${line})`, facts: { ...facts, line } };
  }
}

function firstColumns(record: object): RecordColumns {
  return { names: Object.keys(record), others: [], numberText: (_, value) => String(value) };
}

/** The key of each column in a record; names that only look alike, composed or not, are the same. */
function keysOf(record: object): (name: string) => string | undefined {
  let composed: ReadonlyMap<string, string> | null = null;
  return (name) => {
    if (Object.hasOwn(record, name)) return name;
    composed ??= new Map(Object.keys(record).map((key) => [key.normalize(), key]));
    return composed.get(name.normalize());
  };
}

function shortly(value: unknown): string {
  if (typeof value !== 'object' || value === null) return describe(value);
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a Date; write it as the training file does' : 'an object';
}
