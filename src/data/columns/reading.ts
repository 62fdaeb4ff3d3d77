// A column together with what it is taken for: which cells are missing, and what number each of the others says.
// The same rules read the training file and, kept with the ensemble, every later one; they come from judge-table.ts
// or from a fitted preprocessing. Refuses the cells that contradict them, by name.

import type { Column } from '../table/column.js';
import { type DateFormat, dateExample, dateParser } from '../table/date-format.js';
import { type MissingKind, missingTest, numericWords } from '../table/missing.js';
import { type NumberFormat, numberCell, numberParser, numberWords } from '../table/number-format.js';
import { cellError, type Table } from '../table/table.js';

/** How the cells of a column of numbers are written; null: plain decimals. */
export type ColumnFormat = NumberFormat | DateFormat | null;

export interface Reading {
  readonly column: Column;
  readonly kind: 'numeric' | 'categorical';
  readonly format: ColumnFormat;
  /** Whether every text but the empty one is a category. */
  readonly declared: boolean;
  isMissing(row: number): boolean;
  /** f64[rows], NaN where the cell is missing or does not say a number. */
  numbers(): Float64Array;
}

/** What a numeric column holds: the user's words for missing values, and the format. */
export function numericReading(column: Column, format: ColumnFormat, words: readonly string[]): Reading {
  const asWritten = column.holdsNumbers === true && format?.kind === 'number' ? null : format;
  const parse = asWritten?.kind === 'date' ? dateParser(asWritten) : numberParser(asWritten);
  const isMissing = missingTest('number', words);
  const none = numericWords(words);
  return {
    column,
    kind: 'numeric',
    format,
    declared: false,
    isMissing: (row) => isMissing(column.text(row)),
    numbers: () => {
      const values = column.values(parse);
      if (format === null && column.holdsNumbers !== true) readOdd(column, values);
      return none.size === 0 ? values : values.map((value) => (none.has(value) ? Number.NaN : value));
    },
  };
}

/** Whether some number is NaN: a native search, many times as quick as a loop that is not compiled yet. */
export function hasGaps(numbers: Float64Array): boolean {
  return numbers.includes(Number.NaN);
}

/** The same for infinities. */
function hasInfinities(numbers: Float64Array): boolean {
  return numbers.includes(Number.POSITIVE_INFINITY) || numbers.includes(Number.NEGATIVE_INFINITY);
}

const PLAIN: NumberFormat = { kind: 'number', decimal: '.', group: null, unit: null };

/** Plain decimals in another spelling, brackets or a typographic minus, where no number was read. */
function readOdd(column: Column, values: Float64Array): void {
  if (!hasGaps(values)) return;
  const parse = numberParser(PLAIN);
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) values[row] = parse(column.text(row));
  }
}

/** A column of categories; `declared` by the user, NA and its like are categories too. */
export function categoricalReading(column: Column, kind: MissingKind, words: readonly string[]): Reading {
  const isMissing = missingTest(kind, words);
  return {
    column,
    kind: 'categorical',
    format: null,
    declared: kind === 'declared',
    isMissing: (row) => isMissing(column.text(row)),
    numbers: () => new Float64Array(column.length).fill(Number.NaN),
  };
}

/**
 * The numbers of a numeric column, f64[table rows], NaN where missing.
 *
 * @param hint what the user may do about text, where that is more than to name what stands for missing values
 * @throws ERR_DATA naming the first cell that is other text or infinite
 */
export function numbersOf(table: Table, reading: Reading, hint?: string): Float64Array {
  const numbers = reading.numbers();
  if (!hasGaps(numbers) && !hasInfinities(numbers)) return numbers;
  for (let row = 0; row < numbers.length; row++) {
    if (Number.isFinite(numbers[row]) || reading.isMissing(row)) continue;
    if (!Number.isNaN(numbers[row])) throw cellError(table, row, reading.column, 'a finite number');
    throw cellError(
      table,
      row,
      reading.column,
      expectedOf(reading.format),
      hint ?? strayHint(reading, numbers),
    );
  }
  return numbers;
}

/**
 * Refuses missing cells.
 *
 * @param hint what the user may do about them
 * @throws ERR_DATA naming the first one (by row, then column) and how many there are
 */
export function refuseMissing(
  table: Table,
  readings: readonly Reading[],
  hint: string | ((reading: Reading, row: number) => string),
  rows: Uint32Array | null = null,
): void {
  let missing = 0;
  let first: { row: number; reading: Reading } | null = null;
  for (const reading of readings) {
    // Numbers are quicker to look at than texts, and most cells are numbers.
    const numbers = reading.kind === 'numeric' ? reading.numbers() : null;
    if (numbers !== null && !hasGaps(numbers)) continue;
    for (let i = 0; i < (rows?.length ?? table.rows); i++) {
      const row = rows === null ? i : rows[i]!;
      if ((numbers !== null && !Number.isNaN(numbers[row])) || !reading.isMissing(row)) continue;
      missing++;
      if (first === null || row < first.row) first = { row, reading };
    }
  }
  if (first === null) return;
  const { row, reading } = first;
  const others = missing === 1 ? 'the only one' : `the first of ${missing} missing cells`;
  const advice = typeof hint === 'string' ? hint : hint(reading, row);
  throw cellError(table, row, reading.column, 'filled in', `${others}; ${advice}`);
}

function expectedOf(format: ColumnFormat): string {
  if (format === null) return 'a number';
  return format.kind === 'date' ? dateExample(format) : `one of the ${numberWords(format)}`;
}

/** More different words than this among numbers are hardly all names for no value. */
const MOST_WORDS = 3;

/** Words among numbers most likely stand for no value; many different ones make a column of categories. */
function strayHint(reading: Reading, numbers: Float64Array): string {
  const words = new Set<string>();
  for (let row = 0; row < numbers.length && words.size <= MOST_WORDS; row++) {
    if (Number.isNaN(numbers[row]) && !reading.isMissing(row)) words.add(reading.column.text(row));
  }
  const few = words.size <= MOST_WORDS && ![...words].some((word) => numberCell(word) !== null);
  if (few)
    return `if that means a missing value, list it: \`missing\` ${JSON.stringify([...words].join(','))}`;
  return 'list the column in `categorical` if it holds categories, or in `drop` to leave it out';
}
