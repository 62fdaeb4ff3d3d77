// A column of numbers as binary files and programs hold them: a view of their own memory, with or without a stride and a
// map of the cells that have a value. Nothing is copied and no text is made before somebody asks for one.
// Which cells are missing by the user's words, and what the column is taken for, is reading.ts's to decide.

import { shortestSingle } from '../../math/shortest-single.js';
import type { Column } from './column.js';
import { parseNumber } from './parse-number.js';

/** What a column of numbers may lie in. */
export type NumberCells =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Where a column's cells are: cell r is `cells[offset + r * stride]`. */
export interface NumberPlaces {
  readonly rows: number;
  /** @default 0 */
  readonly offset?: number | undefined;
  /** @default 1 */
  readonly stride?: number | undefined;
  /** Which cells have a value; a NaN is missing too. @default all */
  readonly valid?: ValidBits | undefined;
}

/** A bit per cell, the least significant first, as Arrow has them: bit `offset + r` is 1 where cell r has a value. */
export interface ValidBits {
  readonly bits: Uint8Array;
  /** @default 0 */
  readonly offset?: number | undefined;
}

/** Whether the cell of a row has a value. */
export function hasValue({ bits, offset = 0 }: ValidBits, row: number): boolean {
  const bit = offset + row;
  return ((bits[bit >> 3]! >> (bit & 7)) & 1) === 1;
}

/** Beyond this many distinct numbers they are told row by row. */
const MOST_DISTINCT = 4096;

/**
 * A column over numbers that are there already.
 *
 * The text of a cell is the shortest that reads back as the same number: of a 32-bit float as that float (0.1, not
 * 0.10000000149011612), of a 64-bit integer all its digits. Its number is the very number, rounded to a double only
 * where a 64-bit integer needs more digits. A missing cell is NaN, and its text is empty.
 */
export class NumberColumn implements Column {
  readonly name: string;
  readonly length: number;
  /** No format of texts, such as a decimal comma, applies to its cells. */
  readonly holdsNumbers = true;
  readonly #cells: NumberCells;
  readonly #offset: number;
  readonly #stride: number;
  readonly #valid: ValidBits | null;

  constructor(name: string, cells: NumberCells, { rows, offset = 0, stride = 1, valid }: NumberPlaces) {
    this.name = name;
    this.length = rows;
    this.#cells = cells;
    this.#offset = offset;
    this.#stride = stride;
    this.#valid = valid ?? null;
  }

  text(row: number): string {
    if (!this.#has(row)) return '';
    const cell = this.#cells[this.#offset + row * this.#stride]!;
    if (Number.isNaN(cell)) return '';
    return this.#cells instanceof Float32Array ? String(shortestSingle(cell as number)) : String(cell);
  }

  number(row: number): number {
    return this.#has(row) ? Number(this.#cells[this.#offset + row * this.#stride]!) : Number.NaN;
  }

  isMissing(row: number): boolean {
    return Number.isNaN(this.number(row));
  }

  /** Every distinct number once, in order of appearance, where there are few; row by row where there are many. */
  tally(visit: (text: string, cells: number, first: number) => void): void {
    const seen = new Map<number | bigint | null, { cells: number; readonly first: number }>();
    for (let row = 0; row < this.length; row++) {
      const value = this.#has(row) ? this.#cells[this.#offset + row * this.#stride]! : null;
      const key = Number.isNaN(value) ? null : value;
      const known = seen.get(key);
      if (known !== undefined) known.cells++;
      else if (seen.size < MOST_DISTINCT) seen.set(key, { cells: 1, first: row });
      else {
        for (let each = 0; each < this.length; each++) visit(this.text(each), 1, each);
        return;
      }
    }
    for (const { cells, first } of seen.values()) visit(this.text(first), cells, first);
  }

  tallyOdd(visit: (text: string, cells: number, first: number) => void): number {
    let plain = 0;
    for (let row = 0; row < this.length; row++) {
      if (Number.isFinite(this.number(row))) plain++;
      else visit(this.text(row), 1, row);
    }
    return plain;
  }

  values(of: (text: string) => number): Float64Array {
    if (of === parseNumber) return this.numbers();
    return Float64Array.from({ length: this.length }, (_, row) => of(this.text(row)));
  }

  /** f64[rows], NaN where missing: a copy. */
  numbers(): Float64Array {
    const [cells, offset, stride, rows] = [this.#cells, this.#offset, this.#stride, this.length];
    const numbers = new Float64Array(rows);
    if (cells instanceof BigInt64Array || cells instanceof BigUint64Array) {
      for (let row = 0; row < rows; row++) numbers[row] = Number(cells[offset + row * stride]!);
    } else if (stride === 1) numbers.set(cells.subarray(offset, offset + rows));
    else for (let row = 0, at = offset; row < rows; row++, at += stride) numbers[row] = cells[at]!;
    if (this.#valid !== null) {
      for (let row = 0; row < rows; row++) if (!this.#has(row)) numbers[row] = Number.NaN;
    }
    return numbers;
  }

  #has(row: number): boolean {
    return this.#valid === null || hasValue(this.#valid, row);
  }
}
