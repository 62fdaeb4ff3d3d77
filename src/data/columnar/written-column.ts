// A column of values of a type, 1 to 8 bytes a cell, each written as text where somebody asks: dates, times, decimals,
// integers beyond what a double holds, true and false.

import type { Column } from '../table/column.js';
import { hasValue, type ValidBits } from '../table/number-column.js';
import { parseNumber } from '../table/parse-number.js';
import { dayText, decimalText, instantText, type PerSecond, timeText } from './value-texts.js';

/** Values of one type, by row. */
export type CellValues =
  | Uint8Array
  | Uint16Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;
type Cell = number | bigint;

/** How a value is written, and the number that this text says. */
export interface CellType {
  text(value: Cell): string;
  /** Of types whose texts are plain decimals. */
  number?(value: Cell): number;
}

/** Decimals of so many digits are whole numbers of 64 bits. */
export const MOST_EXACT_DIGITS = 18;

/** Whole numbers of which so many digits are behind the point. */
export const decimalType = (scale: number): CellType => ({
  text: (unscaled) => decimalText(unscaled, scale),
  // Both exact: the quotient is the double nearest to the decimal, as when its text is read.
  number: (unscaled) =>
    scale >= 0 && scale <= 22 && Number.isSafeInteger(Number(unscaled))
      ? Number(unscaled) / 10 ** scale
      : Number(decimalText(unscaled, scale)),
});

/** 0 and any other number. */
export const TRUTHS: CellType = { text: (value) => (value === 0 ? 'false' : 'true') };

/** Days since 1970-01-01. */
export const DAYS: CellType = { text: (days) => dayText(Number(days)) };

/** Counts since midnight, so many of them a second. */
export const timeType = (per: PerSecond): CellType => ({ text: (count) => timeText(count, per) });

/** Counts since 1970-01-01 UTC, so many of them a second. */
export const instantType = (per: PerSecond): CellType => ({ text: (count) => instantText(count, per) });

/** So many distinct values are told apart; beyond them cells are visited one by one. */
const MOST_DISTINCT = 65_536;

export class WrittenColumn implements Column {
  readonly name: string;
  readonly length: number;
  /** Decimals need no look at how they are written. */
  readonly holdsNumbers?: true;
  readonly #values: CellValues;
  readonly #valid: ValidBits | null;
  readonly #type: CellType;

  /** @param valid which rows have a value; null: all */
  constructor(name: string, values: CellValues, valid: ValidBits | null, type: CellType) {
    this.name = name;
    this.length = values.length;
    this.#values = values;
    this.#valid = valid;
    this.#type = type;
    if (type.number !== undefined) this.holdsNumbers = true;
  }

  text(row: number): string {
    return this.isMissing(row) ? '' : this.#type.text(this.#values[row]!);
  }

  number(row: number): number {
    const { number } = this.#type;
    return number === undefined || this.isMissing(row) ? Number.NaN : number(this.#values[row]!);
  }

  isMissing(row: number): boolean {
    // A number may be none by itself.
    if (this.#type.number !== undefined && Number.isNaN(this.#type.number(this.#values[row]!))) return true;
    return this.#valid !== null && !hasValue(this.#valid, row);
  }

  tally(visit: (text: string, cells: number, first: number) => void): void {
    const distinct = this.#distinct();
    if (distinct === null) {
      for (let row = 0; row < this.length; row++) visit(this.text(row), 1, row);
      return;
    }
    for (const { text, cells, first } of distinct.values()) visit(text, cells, first);
  }

  tallyOdd(visit: (text: string, cells: number, first: number) => void): number {
    if (this.holdsNumbers !== true) {
      this.tally(visit);
      return 0;
    }
    let plain = 0;
    for (let row = 0; row < this.length; row++) {
      if (this.isMissing(row)) visit('', 1, row);
      else plain++;
    }
    return plain;
  }

  values(of: (text: string) => number): Float64Array {
    const all = new Float64Array(this.length);
    if (of === parseNumber) {
      for (let row = 0; row < all.length; row++) all[row] = this.number(row);
      return all;
    }
    const known = new Map<Cell | null, number>();
    for (let row = 0; row < all.length; row++) {
      const key = this.#key(row);
      let value = known.get(key);
      if (value === undefined) {
        value = of(this.text(row));
        if (known.size < MOST_DISTINCT) known.set(key, value);
      }
      all[row] = value;
    }
    return all;
  }

  /** What equal cells have in common; null for those without a value. */
  #key(row: number): Cell | null {
    return this.isMissing(row) ? null : this.#values[row]!;
  }

  /** The distinct cells in order of appearance; null for too many. */
  #distinct(): ReadonlyMap<
    Cell | null,
    { readonly text: string; readonly first: number; cells: number }
  > | null {
    const all = new Map<Cell | null, { text: string; first: number; cells: number }>();
    for (let row = 0; row < this.length; row++) {
      const key = this.#key(row);
      const known = all.get(key);
      if (known !== undefined) known.cells++;
      else if (all.size === MOST_DISTINCT) return null;
      else all.set(key, { text: this.text(row), first: row, cells: 1 });
    }
    return all;
  }
}
