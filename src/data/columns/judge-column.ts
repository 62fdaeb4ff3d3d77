// What one column is taken for: numbers (and how they are written), dates (and in which order), or categories.
// Decides from a tally of its cells and the decimal mark of the file; judge-table.ts asks it column by column.

import { TuttiError } from '../../errors.js';
import { dateWords } from '../table/date-format.js';
import { DATE_ORDERS, type DateOrder } from '../table/date-orders.js';
import { FORMS, isCurrency, type NumberFormat, numberWords } from '../table/number-format.js';
import type { ColumnFormat } from './reading.js';
import { cellsOf, type FormCounts, merged, type Tally } from './tally.js';

/** What is known of the whole file's numbers. */
export interface FileMarks {
  /** The decimal mark of all columns whose cells leave no doubt; null where there is none or they differ. */
  readonly decimal: '.' | ',' | null;
  /** Whether the user said so: then no column may have another. */
  readonly stated: boolean;
  /** What separates the cells: between semicolons a comma is decimal, between commas it sets thousands apart. */
  readonly delimiter: string;
  /** The order of dates that could be read either way, where the user said it. */
  readonly dateOrder: 'dmy' | 'mdy' | null;
}

export interface ColumnVerdict {
  /** `empty`: no cell has a value. */
  readonly kind: 'numeric' | 'categorical' | 'empty';
  /** Numeric: how the cells are written; null: plain decimals. */
  readonly format: ColumnFormat;
  /** For people: "numbers with a decimal comma", "text". */
  readonly why: string;
}

/** A few texts among numbers are words for missing values or mistakes; many make a column of text. */
const FEW_WORDS = 3;
const FEW_CELLS = 0.1;

/** A column whose cells all are missing words, or which has none. */
const EMPTY: ColumnVerdict = { kind: 'empty', format: null, why: 'no values' };

/** Of a column whose cells are numbers already, of whatever decimal mark the file's texts are. */
export function numbersVerdict({ present }: Tally): ColumnVerdict {
  return present === 0 ? EMPTY : { kind: 'numeric', format: null, why: numberWords(null) };
}

/**
 * Numbers, or dates, where more than half of the cells with values are, and the others are at most three different
 * texts or a tenth of the cells; those are then errors. Otherwise categories.
 *
 * @throws ERR_DATA where numbers or dates can be read in two ways and nothing says which
 */
export function judgeColumn(name: string, tally: Tally, marks: FileMarks): ColumnVerdict {
  const words = [...tally.words.values()].reduce((sum, cells) => sum + cells, 0);
  const present = tally.present - words;
  if (present === 0) return EMPTY;
  const { counts, unit, alike } = numberFamily(tally);
  const few = (cells: number): boolean => {
    const rest = present - cells;
    const words = rest === tally.others && tally.otherTexts <= FEW_WORDS;
    return cells * 2 > present && (words || rest <= FEW_CELLS * present);
  };
  if (few(alike)) {
    const format = numberFormat(name, counts, unit, marks);
    return { kind: 'numeric', format, why: numberWords(format) };
  }
  const dates = cellsOf(tally.dates);
  if (few(dates)) {
    const format = { kind: 'date', order: dateOrder(name, tally.dates, marks) } as const;
    return { kind: 'numeric', format, why: dateWords(format) };
  }
  return { kind: 'categorical', format: null, why: 'text' };
}

/**
 * The numbers that belong together, bare ones and those of one currency, or those of one other unit; and how many
 * cells are number-like in all, for numbers of several units are no categories either.
 */
function numberFamily({ numbers }: Tally): { counts: FormCounts; unit: string | null; alike: number } {
  const units = [...numbers.keys()].filter((unit) => unit !== '');
  const cells = (unit: string): number => cellsOf(numbers.get(unit) ?? new Map());
  const most = (those: readonly string[]): string | null =>
    those.reduce<string | null>(
      (best, unit) => (best === null || cells(unit) > cells(best) ? unit : best),
      null,
    );
  const isSign = (unit: string): boolean => isCurrency(unit) || unit === '%' || unit === '‰';
  const currency = most(units.filter(isCurrency));
  const other = most(units.filter((unit) => !isCurrency(unit)));
  const money = cells('') + (currency === null ? 0 : cells(currency));
  const alike = cells('') + units.filter(isSign).reduce((sum, unit) => sum + cells(unit), 0);
  if (other !== null && cells(other) > money) {
    const counts = numbers.get(other)!;
    return { counts, unit: other, alike: alike + (isSign(other) ? 0 : cells(other)) };
  }
  const family = [numbers.get(''), currency === null ? undefined : numbers.get(currency)];
  return { counts: merged(family.filter((counts) => counts !== undefined)), unit: currency, alike };
}

/** The first form of the file's decimal mark that all cells fit; else the first of any; else the one most fit. */
function numberFormat(
  name: string,
  counts: FormCounts,
  unit: string | null,
  { decimal, stated, delimiter }: FileMarks,
): NumberFormat | null {
  const total = cellsOf(counts);
  const fits = FORMS.map((_, form) => cellsOf(counts, form));
  const of = (mark: '.' | ',') =>
    FORMS.map((_, form) => form).filter((form) => FORMS[form]!.decimal === mark);
  const first = (forms: readonly number[]): number | undefined => forms.find((form) => fits[form] === total);
  const best = (forms: readonly number[]): number =>
    forms.reduce((most, form) => (fits[form]! > fits[most]! ? form : most));
  const own = decimal === null ? undefined : first(of(decimal));
  if (own !== undefined || stated) return formatOf(own ?? best(of(decimal!)), unit);
  const [point, comma] = [first(of('.')), first(of(','))];
  // Plain decimals are what they are unless other columns say otherwise; 1,234 could be either.
  const doubtful = point !== undefined && point !== 0 && comma !== undefined;
  if (!doubtful) return formatOf(point ?? comma ?? best(FORMS.map((_, form) => form)), unit);
  if (delimiter === ';') return formatOf(comma, unit);
  if (delimiter === ',') return formatOf(point, unit);
  const message = `Expected \`${name}\` to hold numbers that can be read in one way, got commas that may be decimal or set thousands apart`;
  throw new TuttiError('ERR_DATA', `${message}; state \`decimal\` as "," or "."`, { column: name });
}

function formatOf(form: number, unit: string | null): NumberFormat | null {
  const { decimal, group } = FORMS[form]!;
  return form === 0 && unit === null ? null : { kind: 'number', decimal, group, unit };
}

function dateOrder(name: string, counts: FormCounts, { dateOrder: stated }: FileMarks): DateOrder {
  const total = cellsOf(counts);
  const fits = DATE_ORDERS.map((_, order) => cellsOf(counts, order));
  const all = DATE_ORDERS.filter((_, order) => fits[order] === total);
  if (all.length === 1 || all[0] === 'ymd') return all[0]!;
  if (stated !== null && (all.length === 0 || all.includes(stated))) return stated;
  if (all.length === 0) return DATE_ORDERS[fits.indexOf(Math.max(...fits))]!;
  const message = `Expected \`${name}\` to hold dates that can be read in one way, got days and months that could be either`;
  throw new TuttiError('ERR_DATA', `${message}; state \`dateOrder\` as dmy or mdy`, { column: name });
}

/** The decimal mark of all tallies that leave no doubt; null where there is none, or both. */
export function decimalOf(tallies: readonly Tally[]): '.' | ',' | null {
  const points = tallies.some((tally) => tally.points && isMostlyNumbers(tally));
  const commas = tallies.some((tally) => tally.commas && isMostlyNumbers(tally));
  return points === commas ? null : points ? '.' : ',';
}

function isMostlyNumbers(tally: Tally): boolean {
  return numberFamily(tally).alike * 2 > tally.present;
}
