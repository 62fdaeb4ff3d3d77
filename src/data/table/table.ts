// A table of text cells as read from a file, by column, and the wording of errors about its cells.
// Knows nothing of targets, types or datasets.

import { type ErrorDetails, TuttiError } from '../../errors.js';
import { suggest } from '../../option-names.js';
import type { Column } from './column.js';
import { foldedName, splitNames } from './column-names.js';

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
  /** What separates the cells of the file: a semicolon goes with decimal commas. @default a comma */
  readonly delimiter?: string;
  /** Columns that are no data, or do not say what data they are. @default none */
  readonly notes?: readonly ColumnNote[];
  /** What was read otherwise than one might think, one sentence each without a point. @default nothing */
  readonly remarks?: readonly string[];
  /** How rows are images, where the file says so: its first columns are f64[channels, height, width]. */
  readonly image?: ImageSize;
}

export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * What a reader found about a column that no option has named:
 * - `index`: it numbers or names the rows, as data frames write them; left out;
 * - `empty`: it has neither name nor values, as after a delimiter at the end of every line; not in the table;
 * - `nameless`: it has values but no name, and nobody can know what it is; refused where it would be used.
 */
export interface ColumnNote {
  readonly kind: 'index' | 'empty' | 'nameless';
  /** Its name, which for a column without one is `column 3`, counted from 1. */
  readonly column: string;
  /** Why, for people: "has no name and numbers the rows". */
  readonly reason: string;
}

/** Columns by name; those by the look of their name are null where several look alike. */
interface NameIndex {
  readonly exact: ReadonlyMap<string, Column>;
  readonly folded: ReadonlyMap<string, Column | null>;
}

const indices = new WeakMap<readonly Column[], NameIndex>();

function indexOf({ columns }: Table): NameIndex {
  const known = indices.get(columns);
  if (known !== undefined) return known;
  const folded = new Map<string, Column | null>();
  for (const column of columns) {
    const name = foldedName(column.name);
    folded.set(name, folded.has(name) ? null : column);
  }
  const index = { exact: new Map(columns.map((column) => [column.name, column])), folded };
  indices.set(columns, index);
  return index;
}

/** The column of that name, or of the only name that looks like it (white space, accents); else undefined. */
export function findColumn(table: Table, name: string): Column | undefined {
  const { exact, folded } = indexOf(table);
  return exact.get(name) ?? folded.get(foldedName(name)) ?? undefined;
}

/**
 * The column an option names.
 *
 * @throws ERR_OPTION listing the columns there are
 */
export function requireColumn(table: Table, option: string, name: string): Column {
  return findColumn(table, name) ?? failColumn(table, option, name);
}

function failColumn(table: Table, option: string, name: string): never {
  const names = table.columns.map((column) => column.name);
  const expected = `Expected \`${option}\` to be a column of ${table.source} (${listed(names)})`;
  const near = names.length > MOST_LISTED ? suggest(name, names) : '';
  const hint = delimiterHint(table) || near;
  const message = `${expected}, got ${JSON.stringify(name)}${hint}`;
  throw new TuttiError('ERR_OPTION', message, { option, file: table.source, column: name });
}

/** Names that a message lists; beyond these the nearest is suggested. */
const MOST_LISTED = 8;

/**
 * The columns a list names as users write it, by their names in the table: each text is the name of a column, whatever
 * is in it, or else a list of names separated by commas, in double quotes where they hold commas themselves.
 *
 * @throws ERR_OPTION for a name that is no column
 */
export function listedColumns(table: Table, option: string, texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const whole = findColumn(table, text);
    if (whole !== undefined) return [whole.name];
    return splitNames(text).map((name) => requireColumn(table, option, name).name);
  });
}

/**
 * All columns that hold data but those in use: what an option means by "all others".
 *
 * @throws ERR_DATA for a column without a name among them
 */
export function otherColumns(table: Table, used: ReadonlySet<Column>): Column[] {
  const notes = new Map(table.notes?.map((note) => [note.column, note]));
  return table.columns.filter((column) => {
    const note = notes.get(column.name);
    if (used.has(column) || note?.kind === 'index') return false;
    if (note?.kind === 'nameless') failNameless(table, note);
    return true;
  });
}

function failNameless(table: Table, { column, reason }: ColumnNote): never {
  const message =
    `Expected every column of ${table.source} to have a name, got none for ${column} (it ${reason}); ` +
    `name it in the file, or list it in \`drop\` as ${JSON.stringify(column)} to leave it out`;
  throw new TuttiError('ERR_DATA', message, { file: table.source, column });
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
  const shown = names.slice(0, MOST_LISTED).join(', ');
  return names.length > MOST_LISTED ? `${shown} and ${names.length - MOST_LISTED} more` : shown;
}

/** A header that is one cell full of another delimiter was most likely read with the wrong one. */
export function delimiterHint({
  columns,
  delimiter: read = ',',
}: Pick<Table, 'columns' | 'delimiter'>): string {
  const only = columns.length === 1 ? columns[0]!.name : '';
  const delimiter = [',', ';', '\t', '|'].find((other) => other !== read && only.includes(other));
  return delimiter === undefined ? '' : `; is the delimiter ${JSON.stringify(delimiter)}?`;
}

/**
 * What may be wrong with a table that lacks a column: how it was read, or the spelling.
 * @param others the names of columns that are wanted beside it, none of which can be it
 */
export function absenceHint(table: Table, name: string, others: ReadonlySet<string>): string {
  const spare = table.columns.map((column) => column.name).filter((own) => !others.has(own));
  const near = name.length < SHORTEST ? '' : suggest(name, spare);
  return delimiterHint(table) || near;
}

/** Anything is near to so short a name. */
const SHORTEST = 4;

function shortened(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);
}
