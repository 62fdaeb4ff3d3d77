// Values that have types in their file, as the texts that a CSV file would have for them: so that all that is known of
// columns of text holds for them as well. Dates, times of day, points in time, decimals.

import { Damaged } from './damaged.js';

const SECONDS_PER_DAY = 86_400;

/** @throws Damaged for what is no UTF-8 */
export function utf8Text(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Only where one stands may there have been something else.
  if (text.includes('\ufffd') && !Buffer.from(text).equals(bytes)) {
    throw new Damaged(`bytes that are no text, such as ${bytes.toString('hex', 0, 16)}`);
  }
  return text;
}

/** `2024-01-31`, of days since 1970-01-01. Years of other than four digits are written so and are no dates to others. */
export function dayText(days: number): string {
  // Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const sign = year < 0 ? '-' : year > 9999 ? '+' : '';
  return `${sign}${digits(Math.abs(year), 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

/** Units of a time, by how many of them a second has: 1, 10³, 10⁶, 10⁹. */
export type PerSecond = 1 | 1_000 | 1_000_000 | 1_000_000_000;

/** Those units as formats number them: seconds, and thousandths of one another. */
export const UNITS: readonly PerSecond[] = [1, 1_000, 1_000_000, 1_000_000_000];

/** `2024-01-31 13:45:00.25`, of a count of units since 1970-01-01 UTC. */
export function instantText(count: bigint | number, perSecond: PerSecond): string {
  const [seconds, fraction] = secondsOf(count, perSecond);
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  return `${dayText(days)} ${clockText(seconds - days * SECONDS_PER_DAY, fraction, perSecond)}`;
}

/** `13:45:00.25`, of a count of units since midnight. */
export function timeText(count: bigint | number, perSecond: PerSecond): string {
  const [seconds, fraction] = secondsOf(count, perSecond);
  return clockText(seconds, fraction, perSecond);
}

/** Whole seconds, rounded down, and the units beyond them. */
function secondsOf(count: bigint | number, perSecond: PerSecond): readonly [number, number] {
  const number = Number(count);
  if (Number.isSafeInteger(number)) {
    const seconds = Math.floor(number / perSecond);
    return [seconds, number - seconds * perSecond];
  }
  const per = BigInt(perSecond);
  const rest = ((BigInt(count) % per) + per) % per;
  return [Number((BigInt(count) - rest) / per), Number(rest)];
}

function clockText(seconds: number, fraction: number, perSecond: PerSecond): string {
  const minutes = Math.floor(seconds / 60);
  const whole = `${digits(Math.floor(minutes / 60), 2)}:${digits(minutes % 60, 2)}:${digits(seconds % 60, 2)}`;
  if (fraction === 0) return whole;
  const places = String(perSecond).length - 1;
  return `${whole}.${digits(fraction, places).replace(/0+$/, '')}`;
}

function digits(value: number, places: number): string {
  return String(value).padStart(places, '0');
}

/** `-12.50`, of a whole number and how many of its digits are behind the point. */
export function decimalText(unscaled: bigint | number, scale: number): string {
  const text = String(unscaled);
  if (scale <= 0) return scale === 0 || text === '0' ? text : text + '0'.repeat(-scale);
  const [sign, all] = text.startsWith('-') ? ['-', text.slice(1)] : ['', text];
  const padded = all.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** The whole number of two's complement, most significant byte first. */
export function bigEndianInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

/** Of a 16-bit float by its bits: the shortest decimal that is rounded to it, nothing for NaN. */
export function halfText(bits: number): string {
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction > 0 ? '' : sign > 0 ? 'Infinity' : '-Infinity';
  const unit = 2 ** (Math.max(1, exponent) - 25);
  const size = unit * (exponent === 0 ? fraction : 1024 + fraction);
  for (let places = 1; places < 6; places++) {
    const near = Number(size.toPrecision(places));
    // The next smaller one is half as far away where the exponent changes.
    const reach = fraction === 0 && exponent > 1 && near < size ? unit / 4 : unit / 2;
    if (Math.abs(near - size) < reach) return String(sign * near);
  }
  return String(sign * size);
}
