// The header of a CSV file: names for its columns, and what those without a name turn out to be once their cells are
// known. Row numbers that data frames write and the columns behind delimiters at the ends of lines are no data.

import { TuttiError } from '../../errors.js';
import { type Column, TextColumn } from '../table/column.js';
import { cleanText } from '../table/column-names.js';
import { labelOf } from '../table/labels.js';
import type { ColumnNote } from '../table/table.js';

/** The columns of a file as its header names them. */
export interface Header {
  /** All of them, those without a name as `column 3`. */
  readonly columns: readonly TextColumn[];
  readonly nameless: ReadonlySet<Column>;
}

/**
 * The columns that a header row names.
 *
 * @throws ERR_DATA for equal names
 */
export function readHeader(cells: readonly string[], file: string, line: number): Header {
  const seen = new Map<string, number>();
  const names = cells.map(cleanText);
  names.forEach((name, index) => {
    const before = seen.get(name);
    if (name !== '' && before !== undefined) {
      const both = `columns ${before + 1} and ${index + 1}`;
      const message = `Expected column names to differ, got ${JSON.stringify(name)} for ${both} (${file}, line ${line})`;
      throw new TuttiError('ERR_DATA', message, { file, line, column: name });
    }
    seen.set(name, index);
  });
  const nameless = new Set<Column>();
  const columns = names.map((name, index) => {
    if (name !== '') return new TextColumn(name);
    const column = new TextColumn(placeName(index, seen));
    nameless.add(column);
    return column;
  });
  return { columns, nameless };
}

/** What a column without a name is called; no name of the file's own. */
function placeName(index: number, taken: ReadonlyMap<string, number>): string {
  let name = `column ${index + 1}`;
  while (taken.has(name)) name += ' (without a name)';
  return name;
}

/** What there is to say about the columns once all cells are read, and the columns without the empty ones. */
export function judgeNames({ columns, nameless }: Header): { columns: Column[]; notes: ColumnNote[] } {
  const kept: Column[] = [];
  const notes: ColumnNote[] = [];
  const empty: number[] = [];
  columns.forEach((column, index) => {
    const note = nameless.has(column) ? judgeNameless(column, index) : judgeNamed(column);
    if (note?.kind === 'empty') empty.push(index);
    else kept.push(column);
    if (note !== null && note.kind !== 'empty') notes.push(note);
  });
  return { columns: kept, notes: [...notes, ...emptyNotes(empty)] };
}

function judgeNameless(column: Column, index: number): ColumnNote | null {
  const { name } = column;
  if (isEmpty(column)) return { kind: 'empty', column: name, reason: '' };
  // Data frames write their index first; a column further on is data that has lost its name.
  const role = index > 0 ? null : indexRole(column, DENSE_FROM);
  if (role !== null) return { kind: 'index', column: name, reason: `has no name and ${role}` };
  return { kind: 'nameless', column: name, reason: `has values such as ${example(column)}` };
}

/** What pandas calls an index that it wrote without a name and read again, once or several times. */
const READ_AGAIN = /^Unnamed: 0(?:\.\d+)*$/;

function judgeNamed(column: Column): ColumnNote | null {
  if (!READ_AGAIN.test(column.name)) return null;
  const role = indexRole(column, 0);
  return role === null ? null : { kind: 'index', column: column.name, reason: `is an index: it ${role}` };
}

/** Whole numbers that all differ are an index in another order in tables of so many rows; in short ones by chance. */
const DENSE_FROM = 100;
/** An index out of order has lost at most nine rows in ten. */
const DENSITY = 10;

/** What a first column does if it is an index; null if it is data. */
function indexRole(column: Column, denseFrom: number): string | null {
  if (counts(column)) return 'numbers the rows';
  const labels = new Set<string>();
  let words = 0;
  let largest = 0;
  for (let row = 0; row < column.length; row++) {
    if (column.isMissing(row)) return null;
    const label = labelOf(column.text(row));
    const number = column.number(row);
    labels.add(label);
    if (Number.isNaN(number)) words++;
    else if (!/^\d+$/.test(label)) return null;
    else if (number > largest) largest = number;
  }
  if (labels.size < column.length) return null;
  if (words > 0) return 'names the rows';
  const dense = denseFrom === 0 || largest < DENSITY * column.length;
  return dense && column.length >= denseFrom ? 'numbers the rows' : null;
}

/** Whether the cells are 0, 1, 2 … or 1, 2, 3 …, perhaps from the start again where tables were put together. */
function counts(column: Column): boolean {
  const first = column.number(0);
  if (first !== 0 && first !== 1) return false;
  for (let row = 1; row < column.length; row++) {
    const number = column.number(row);
    if (number !== column.number(row - 1) + 1 && number !== first) return false;
  }
  return column.length === 1 || column.number(1) === first + 1;
}

function isEmpty(column: Column): boolean {
  for (let row = 0; row < column.length; row++) if (column.text(row) !== '') return false;
  return true;
}

function example(column: Column): string {
  for (let row = 0; row < column.length; row++) {
    const text = column.text(row);
    if (text !== '') return JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);
  }
  return '""';
}

/** One note for neighbours: a spreadsheet may leave thousands of them. */
function emptyNotes(places: readonly number[]): ColumnNote[] {
  const notes: ColumnNote[] = [];
  for (let at = 0; at < places.length; ) {
    const first = places[at]!;
    let last = first;
    while (places[at + 1] === last + 1) {
      last++;
      at++;
    }
    at++;
    const several = last > first;
    const column = several ? `columns ${first + 1} to ${last + 1}` : `column ${first + 1}`;
    notes.push({ kind: 'empty', column, reason: `${several ? 'have' : 'has'} neither name nor values` });
  }
  return notes;
}
