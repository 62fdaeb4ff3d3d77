// Dates and times as numbers: days since 1970-01-01 UTC, the time of day as a fraction of a day. One number, because
// it is what tells a later day from an earlier one, and a network continues it past the last day it was trained on.
// Knows single cells and the order of day and month; which order a column has is judge-column.ts's to decide.

import { DATE_ORDERS, type DateOrder } from './date-orders.js';

/** Plain data, kept with the ensemble. */
export interface DateFormat {
  readonly kind: 'date';
  readonly order: DateOrder;
}

const CLOCK = '(\\d{1,2}):(\\d{2})(?::(\\d{2}(?:[.,]\\d+)?))? ?([AP]M)?';
const ZONE = '(Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)?';
const TIME = `(?:(?:T| +)${CLOCK} ?${ZONE})?`;
const YEAR_FIRST = new RegExp(`^(\\d{4})(?:([-/.])(\\d{1,2})\\2(\\d{1,2})|[-/](\\d{1,2}))${TIME}$`, 'i');
const YEAR_LAST = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${TIME}$`, 'i');
const NAMED_DAY = new RegExp(`^(\\d{1,2})[-. ]{1,2}([A-Z]{3,9})[-., ]{1,2}(\\d{4}|\\d{2})${TIME}$`, 'i');
const NAMED_MONTH = new RegExp(`^([A-Z]{3,9})\\.? (\\d{1,2}),? (\\d{4})${TIME}$`, 'i');
const CLOCK_ONLY = new RegExp(`^${CLOCK}$`, 'i');

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const DAY_MS = 86_400_000;
/** Longer texts are no dates. */
const LONGEST = 48;

/** The orders in which a text can be read as a date, as bits in the order of {@link DATE_ORDERS}; 0 for none. */
export function dateOrdersOf(text: string): number {
  if (text.length > LONGEST || !/^[\dA-Z]/i.test(text) || !/\d/.test(text)) return 0;
  return DATE_ORDERS.reduce(
    (bits, order, i) => (Number.isNaN(daysOf(text, order)) ? bits : bits | (1 << i)),
    0,
  );
}

/** From a cell's text to days since 1970-01-01 UTC; NaN for what is no date of that order. */
export function dateParser({ order }: DateFormat): (text: string) => number {
  return (text) => (text.length > LONGEST ? Number.NaN : daysOf(text, order));
}

/** "dates", and how they are read where that needs saying. */
export function dateWords({ order }: DateFormat): string {
  if (order === 'time') return 'times of day, as fractions of a day';
  const read =
    order === 'ymd' ? '' : order === 'dmy' ? ' read as day, month, year' : ' read as month, day, year';
  return `dates${read}, as days since 1970-01-01`;
}

const EXAMPLES = {
  ymd: '2024-01-31',
  dmy: '31/01/2024',
  mdy: '01/31/2024',
  time: '13:45',
} as const satisfies Record<DateOrder, string>;

/** What a cell of the column may look like, for messages. */
export function dateExample({ order }: DateFormat): string {
  return `a ${order === 'time' ? 'time of day' : 'date'} such as ${EXAMPLES[order]}`;
}

function daysOf(text: string, order: DateOrder): number {
  if (order === 'time') return clock(CLOCK_ONLY.exec(text)?.slice(1));
  const named = namedMonth(text);
  if (named !== null) return named;
  if (order === 'ymd') {
    const match = YEAR_FIRST.exec(text);
    if (match === null) return Number.NaN;
    const [, year, , month, day, monthAlone] = match;
    return days(Number(year), Number(month ?? monthAlone), Number(day ?? 1), match.slice(6));
  }
  const match = YEAR_LAST.exec(text);
  if (match === null) return Number.NaN;
  const [, first, mark, second, year] = match;
  // 31.12.2023: with points the day always comes first.
  if (order === 'mdy' && mark === '.') return Number.NaN;
  const [day, month] = order === 'dmy' ? [first, second] : [second, first];
  return days(fullYear(year!), Number(month), Number(day), match.slice(5));
}

/** 5-Jan-2023 and January 5, 2023 leave no doubt, whichever order the column has otherwise. */
function namedMonth(text: string): number | null {
  const byDay = NAMED_DAY.exec(text);
  const byMonth = byDay === null ? NAMED_MONTH.exec(text) : null;
  const match = byDay ?? byMonth;
  if (match === null) return null;
  const [day, name] = byDay === null ? [match[2]!, match[1]!] : [match[1]!, match[2]!];
  const month = MONTHS.findIndex(
    (full) => full === name.toLowerCase() || full.slice(0, 3) === name.toLowerCase(),
  );
  return days(fullYear(match[3]!), month + 1, Number(day), match.slice(4));
}

/** Two digits are 1969 to 2068, as POSIX has it. */
function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  return Number(year) + (Number(year) >= 69 ? 1900 : 2000);
}

function days(year: number, month: number, day: number, time: readonly (string | undefined)[]): number {
  if (year < 100) return Number.NaN; // Date.UTC takes them for 19xx
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return Number.NaN;
  const start = date.getTime() / DAY_MS;
  return time[0] === undefined ? start : start + clock(time) - zoneOffset(time[4]);
}

/** Hours, minutes, seconds and AM or PM as a fraction of a day. */
function clock(parts: readonly (string | undefined)[] | undefined): number {
  if (parts === undefined) return Number.NaN;
  const [hour, minute, second = '0', half] = parts;
  const seconds = Number(second.replace(',', '.'));
  let hours = Number(hour);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return Number.NaN;
    hours = (hours % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  }
  const late = hours === 24 && Number(minute) + seconds > 0;
  if (hours > 24 || late || Number(minute) > 59 || seconds >= 61) return Number.NaN;
  return (hours * 3600 + Number(minute) * 60 + seconds) / 86_400;
}

/** Of a zone such as +02:00, in days; none is taken as UTC. */
function zoneOffset(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (match === null) return 0;
  const [, sign, hours, minutes = '0'] = match;
  return ((sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))) / 1440;
}
