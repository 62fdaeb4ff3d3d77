// Columns that are filled value by value without anybody knowing how many there will be.

import { requireMemory } from '../../machine/memory-limit.js';
import { type Column, TextColumn } from '../table/column.js';
import type { ValidBits } from '../table/number-column.js';

export interface GrowingColumn<Value> {
  /** What different texts take of the heap, in bytes. */
  readonly textBytes: number;
  /** Null where the row has no value. */
  push(value: Value | null): void;
  column(): Column;
}

type Cells =
  | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

const FIRST_ROWS = 1024;
/** Smaller ones are not worth the question whether there is memory for them. */
const LEAST_ASKED = 2 ** 26;

/** @param make cells for so many rows. @param finish the column of exactly its rows; null: all of them have a value */
export function growingCells<Of extends Cells>(
  name: string,
  make: (rows: number) => Of,
  finish: (cells: Of, valid: ValidBits | null) => Column,
): GrowingColumn<Of[number]> {
  let cells = make(FIRST_ROWS);
  let bits: Uint8Array | null = null;
  let rows = 0;
  const grow = () => {
    const bytes = 2 * cells.byteLength;
    const remedy = 'fewer rows or columns need less';
    if (bytes >= LEAST_ASKED)
      requireMemory([{ use: `for \`${name}\``, bytes, remedy }], `Reading more than ${rows} rows`);
    const larger = make(2 * rows);
    larger.set(cells as never);
    cells = larger;
    if (bits !== null) bits = filled(rows / 4, bits);
  };
  return {
    textBytes: 0,
    push(value) {
      if (rows === cells.length) grow();
      if (value !== null) cells[rows] = value;
      else {
        bits ??= filled(cells.length >> 3, null);
        bits[rows >> 3]! &= ~(1 << (rows & 7));
      }
      rows++;
    },
    column: () => finish(cells.subarray(0, rows) as Of, bits === null ? null : { bits }),
  };
}

/** Bits that all are 1, after those there are. */
function filled(bytes: number, from: Uint8Array | null): Uint8Array {
  const bits = new Uint8Array(bytes).fill(255);
  if (from !== null) bits.set(from);
  return bits;
}

export function growingTexts(name: string): GrowingColumn<string> {
  const column = new TextColumn(name);
  return {
    get textBytes() {
      return column.textBytes;
    },
    push: (text) => column.push(text ?? ''),
    column: () => column,
  };
}
