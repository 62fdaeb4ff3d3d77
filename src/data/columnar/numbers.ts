// Columns of numbers; those of 64-bit integers are plain numbers where a double holds each of them, else exact.

import type { Column } from '../table/column.js';
import { type NumberCells, NumberColumn, type NumberPlaces, type ValidBits } from '../table/number-column.js';

/**
 * @param cells one a row; of 64 bits they are little-endian, as memory has them, and become doubles in their place where all fit
 * @param valid null: all rows have a value
 */
export function numberColumn(name: string, cells: NumberCells, valid: ValidBits | null): Column {
  const places = { rows: cells.length, ...(valid === null ? {} : { valid }) };
  return cells instanceof BigInt64Array || cells instanceof BigUint64Array
    ? integerColumn(name, cells, places)
    : new NumberColumn(name, cells, places);
}

function integerColumn(name: string, cells: BigInt64Array | BigUint64Array, places: NumberPlaces): Column {
  const { rows } = places;
  const lanes = new Int32Array(cells.buffer, cells.byteOffset, 2 * rows);
  const signed = cells instanceof BigInt64Array;
  for (let row = 0; row < rows; row++) {
    const high = lanes[2 * row + 1]!;
    // Below 2⁵³ on both sides; what stands in rows without a value is not looked at closely.
    const fits = signed ? high >= -0x20_0000 && high < 0x20_0000 : high >= 0 && high < 0x20_0000;
    if (!fits) return new NumberColumn(name, cells, places);
  }
  const numbers = new Float64Array(cells.buffer, cells.byteOffset, rows);
  for (let row = 0; row < rows; row++) {
    numbers[row] = lanes[2 * row + 1]! * 2 ** 32 + (lanes[2 * row]! >>> 0);
  }
  return new NumberColumn(name, numbers, places);
}
