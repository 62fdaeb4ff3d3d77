// What the cells of a column look like, counted in one pass over its texts: numbers by how they may be written,
// dates by the order they may have, other texts. It counts and decides nothing; judge-column.ts decides.

import type { Column } from '../table/column.js';
import { dateOrdersOf } from '../table/date-format.js';
import { isNumberWord, missingTest, numericWords } from '../table/missing.js';
import {
  ALL_FORMS,
  COMMA_FORMS,
  formsOf,
  numberCell,
  PLAIN_FORM,
  POINT_FORMS,
} from '../table/number-format.js';

/** Cells by the bits of all the forms (or orders) that each of them fits. */
export type FormCounts = Map<number, number>;

export interface Tally {
  /** Cells that are missing in no column, and those that are in every one that is not declared. */
  readonly present: number;
  readonly missing: number;
  /** Cells that are missing if the column holds numbers, by their text. */
  readonly words: ReadonlyMap<string, number>;
  /** Number-like cells by their unit ('' for none), then by the forms they fit. */
  readonly numbers: ReadonlyMap<string, FormCounts>;
  readonly dates: FormCounts;
  /** Other cells, and how many different texts they are, up to {@link MOST_OTHERS}. */
  readonly others: number;
  readonly otherTexts: number;
  /** Whether some cell can only have a decimal point, or only a decimal comma. */
  readonly points: boolean;
  readonly commas: boolean;
  /** Plain numbers that were counted without a look at their forms: any of those of a decimal point. */
  readonly unseen: number;
}

/** Beyond this many, how many it is makes no difference. */
const MOST_OTHERS = 64;

/** Rows whose plain numbers are looked at even where the others are not. */
const SAMPLE = 256;

/**
 * @param words the user's own words for missing values
 * @param thorough look at the forms of plain numbers too, where a column keeps only their values
 */
export function tallyColumn(column: Column, words: readonly string[], thorough = false): Tally {
  if (column.holdsNumbers === true) return tallyNumbers(column, words);
  const isMissing = missingTest('text', words);
  const numbers = new Map<string, FormCounts>();
  const dates: FormCounts = new Map();
  const numberWords = new Map<string, number>();
  const others = new Set<string>();
  const count = { present: 0, missing: 0, others: 0 };
  const seen = { points: false, commas: false };
  const visit = (text: string, cells: number): void => {
    if (isMissing(text)) {
      count.missing += cells;
      return;
    }
    count.present += cells;
    if (isNumberWord(text)) {
      numberWords.set(text, (numberWords.get(text) ?? 0) + cells);
      return;
    }
    const cell = /^[+-]?inf(inity)?$/i.test(text) ? { body: '0', unit: null } : numberCell(text);
    const forms = cell === null ? 0 : formsOf(cell.body);
    if (cell !== null && forms !== 0) {
      add(countsOf(numbers, cell.unit ?? ''), forms, cells);
      note(seen, forms);
      return;
    }
    const orders = dateOrdersOf(text);
    if (orders !== 0) add(dates, orders, cells);
    else {
      count.others += cells;
      if (others.size < MOST_OTHERS) others.add(text);
    }
  };
  const all = thorough || numericWords(words).size > 0;
  let unseen = 0;
  if (all) column.tally(visit);
  else unseen = column.tallyOdd(visit);
  if (unseen > 0) {
    count.present += unseen;
    add(countsOf(numbers, ''), ALL_FORMS, unseen);
    for (let row = 0; row < Math.min(SAMPLE, column.length); row++) {
      const cell = numberCell(column.text(row));
      if (cell !== null) note(seen, formsOf(cell.body));
    }
  }
  const { points, commas } = seen;
  return { ...count, otherTexts: others.size, words: numberWords, numbers, dates, points, commas, unseen };
}

/** Of cells that are numbers already: they fit plain decimals and say nothing of how texts are written. */
function tallyNumbers(column: Column, words: readonly string[]): Tally {
  const isMissing = missingTest('number', words);
  let [present, missing] = [column.length, 0];
  const visit = (text: string, cells: number): void => {
    if (!isMissing(text)) return;
    missing += cells;
    present -= cells;
  };
  if (words.length > 0) column.tally(visit);
  else column.tallyOdd(visit);
  const forms: FormCounts = new Map(present === 0 ? [] : [[PLAIN_FORM, present]]);
  const none = { others: 0, otherTexts: 0, points: false, commas: false, unseen: 0 };
  return { present, missing, words: new Map(), numbers: new Map([['', forms]]), dates: new Map(), ...none };
}

/** Adds up the forms of several units. */
export function merged(counts: readonly FormCounts[]): FormCounts {
  const all: FormCounts = new Map();
  for (const one of counts) for (const [bits, cells] of one) add(all, bits, cells);
  return all;
}

/** All cells of a count, or those that fit one form. */
export function cellsOf(counts: FormCounts, form: number | null = null): number {
  let total = 0;
  for (const [bits, cells] of counts) if (form === null || (bits & (1 << form)) !== 0) total += cells;
  return total;
}

function note(seen: { points: boolean; commas: boolean }, forms: number): void {
  if (forms === 0) return;
  if ((forms & COMMA_FORMS) === 0) seen.points = true;
  if ((forms & POINT_FORMS) === 0) seen.commas = true;
}

function add(counts: FormCounts, bits: number, cells: number): void {
  counts.set(bits, (counts.get(bits) ?? 0) + cells);
}

function countsOf(numbers: Map<string, FormCounts>, unit: string): FormCounts {
  let counts = numbers.get(unit);
  if (counts === undefined) {
    counts = new Map();
    numbers.set(unit, counts);
  }
  return counts;
}
