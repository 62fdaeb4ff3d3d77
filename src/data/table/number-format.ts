// How a column writes its numbers: decimal mark, separators of thousands, a unit beside them. One format holds
// for a whole column and is kept with the ensemble, so that later files are read the same way.
// Knows single cells and formats; which format a column has is tally.ts's and judge-column.ts's to decide.

import { parseNumber } from './parse-number.js';

/** Plain data; null in its place means plain decimals such as -12.5e3. */
export interface NumberFormat {
  readonly kind: 'number';
  readonly decimal: '.' | ',';
  /** What may stand between thousands; null: nothing. */
  readonly group: ',' | '.' | ' ' | "'" | null;
  /** What stands beside every number and is not read: '%', 'kg'; a currency sign may also be left out. */
  readonly unit: string | null;
}

type Form = Pick<NumberFormat, 'decimal' | 'group'>;

/** All ways to write a number, the likelier first; a cell's *forms* are the bits of those that it fits. */
export const FORMS: readonly Form[] = [
  { decimal: '.', group: null },
  { decimal: '.', group: ',' },
  { decimal: '.', group: ' ' },
  { decimal: '.', group: "'" },
  { decimal: ',', group: null },
  { decimal: ',', group: '.' },
  { decimal: ',', group: ' ' },
  { decimal: ',', group: "'" },
];

/** The first of them alone. */
export const PLAIN_FORM = 0b0000_0001;
export const ALL_FORMS = 0b1111_1111;
export const POINT_FORMS = 0b0000_1111;
export const COMMA_FORMS = 0b1111_0000;

const PATTERNS = FORMS.map(({ decimal, group }) => {
  // Thousands in threes; commas also as 1,23,456, the Indian way. 0,123 is no thousand.
  const threes = group === null ? '' : `(?:\\${group}\\d{3})+`;
  const inner = group === ',' ? '(?:,\\d{2,3})*,\\d{3}' : threes;
  const whole = group === null ? '\\d+' : `(?:\\d+|[1-9]\\d{0,2}${inner})`;
  return new RegExp(`^(?:${whole}(?:\\${decimal}\\d*)?|\\${decimal}\\d+)(?:e[+-]?\\d+)?$`, 'i');
});

const CODES =
  'USD|EUR|GBP|JPY|CHF|CNY|RMB|INR|AUD|CAD|NZD|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|RUB|UAH|TRY|BRL|MXN|ARS|CLP|COP|ZAR|KRW|SGD|HKD|TWD|THB|IDR|MYR|PHP|VND|ILS|AED|SAR|EGP|NGN|KES|PKR|BDT';
const CURRENCY = `(?:(?:US|CA|AU|NZ|HK|NT|C|A|R|S)?\\$|\\p{Sc}|(?:${CODES})(?!\\p{L})|Fr\\.|kr\\.?|zł|Kč)`;
const BODY = "(?:\\d|[.,]\\d)(?:[\\d.,' ]*\\d)?[.,]?(?:e[+-]?\\d+)?";
const UNIT = '[\\p{L}°µ][\\p{L}°µ²³/]{0,9}';
const CELL = new RegExp(`^([+-]?) ?(${CURRENCY})? ?([+-]?)(${BODY}) ?(%|‰|${CURRENCY}|${UNIT})?$`, 'iu');
const IS_CURRENCY = new RegExp(`^${CURRENCY}$`, 'iu');

/** Longer texts are no numbers: what would be read of them is not worth the time. */
const LONGEST = 64;

/** A cell that looks like a number, taken apart. */
export interface NumberCell {
  readonly negative: boolean;
  /** Digits with their marks, no sign and no unit. */
  readonly body: string;
  readonly unit: string | null;
}

/** Whether a unit is a currency, which need not stand in every cell. */
export function isCurrency(unit: string): boolean {
  return IS_CURRENCY.test(unit);
}

/** The parts of a number-like text; null for any other. Brackets around it make it negative, as in accounts. */
export function numberCell(text: string): NumberCell | null {
  if (text.length > LONGEST || !/\d/.test(text)) return null;
  const usual = text
    .replaceAll(/[\u00a0\u2009\u202f]/g, ' ')
    .replaceAll('\u2212', '-')
    .replaceAll('\u2019', "'");
  const bracketed = usual.startsWith('(') && usual.endsWith(')');
  const match = CELL.exec(bracketed ? usual.slice(1, -1).trim() : usual);
  if (match === null) return null;
  const [, before = '', prefix, after = '', body, suffix] = match;
  const signs = before + after;
  if (signs.length > 1 || (bracketed && signs !== '') || (prefix !== undefined && suffix !== undefined))
    return null;
  return { negative: bracketed || signs === '-', body: body!, unit: prefix ?? suffix ?? null };
}

/** The forms that the digits of a cell fit; 0 for none. */
export function formsOf(body: string): number {
  if (/^\d+$/.test(body)) return ALL_FORMS;
  return PATTERNS.reduce((bits, pattern, i) => (pattern.test(body) ? bits | (1 << i) : bits), 0);
}

/** From a cell's text to its number under a format; NaN for what does not fit it. */
export function numberParser(format: NumberFormat | null): (text: string) => number {
  if (format === null) return parseNumber;
  const { decimal, group, unit } = format;
  const pattern = PATTERNS[FORMS.findIndex((form) => form.decimal === decimal && form.group === group)]!;
  const optional = unit !== null && isCurrency(unit);
  return (text) => {
    const cell = numberCell(text);
    if (cell === null) return Number.isFinite(parseNumber(text)) ? Number.NaN : parseNumber(text);
    if (!pattern.test(cell.body) || !(cell.unit === unit || (optional && cell.unit === null)))
      return Number.NaN;
    const whole = group === null ? cell.body : cell.body.replaceAll(group, '');
    const size = parseNumber(decimal === ',' ? whole.replace(',', '.') : whole);
    return cell.negative ? -size : size;
  };
}

/** "numbers", and how they are written where that is not plain: "numbers with a decimal comma, in $". */
export function numberWords(format: NumberFormat | null): string {
  if (format === null) return 'numbers';
  const { decimal, group, unit } = format;
  const mark = decimal === ',' ? ' with a decimal comma' : '';
  const thousands =
    group === null ? '' : `${mark === '' ? ' with' : ' and'} thousands set apart by "${group}"`;
  return `numbers${mark}${thousands}${unit === null ? '' : `, in ${unit}`}`;
}
