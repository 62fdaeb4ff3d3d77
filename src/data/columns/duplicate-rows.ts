// Rows that are there twice: equal in every column that is learned from and in the target. Counted column by column, with
// eight bytes a row and a table of places, whatever the columns hold.

import { labelOf } from '../table/labels.js';
import type { Reading } from './reading.js';

/** From this share of all rows on it is said before a training too. */
const MANY = 0.01;

/** How many of the rows equal one before them: numbers by value, categories as labels, missing cells alike. */
export function duplicateRows(readings: readonly Reading[], rows: Uint32Array): number {
  const [low, high] = [new Int32Array(rows.length), new Int32Array(rows.length)];
  for (const reading of readings) {
    const cells = cellBits(reading, rows);
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at]!;
      low[at] = mixed(low[at]! ^ cell);
      high[at] = mixed(high[at]! + Math.imul(cell, 0x27d4eb2f));
    }
  }
  const first = firstAlike(low, high);
  if (first === null) return 0;
  // What is alike by 64 bits is all but surely the same; a number that is told should be sure.
  const repeats: number[] = [];
  for (const [at, place] of first.entries()) if (place !== at) repeats.push(at);
  return readings.reduce((left, reading) => equalCells(reading, rows, first, left), repeats).length;
}

/** Those of the places whose cell is that of the first row alike. */
function equalCells(
  { kind, column, numbers, isMissing }: Reading,
  rows: Uint32Array,
  first: Uint32Array,
  places: readonly number[],
): number[] {
  const [own, other] = [(at: number) => rows[at]!, (at: number) => rows[first[at]!]!];
  if (kind === 'numeric') {
    const all = numbers();
    const same = (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b));
    return places.filter((at) => same(all[own(at)]!, all[other(at)]!));
  }
  return places.filter((at) => {
    const [a, b] = [isMissing(own(at)), isMissing(other(at))];
    return a || b ? a === b : labelOf(column.text(own(at))) === labelOf(column.text(other(at)));
  });
}

/** "12 of 150 rows repeat one before them", and what that does. */
export function duplicateNote(count: number, rows: number): string {
  const what = count === 1 ? `1 of ${rows} rows repeats` : `${count} of ${rows} rows repeat`;
  return `${what} one before in all that is learned from: held out, such a row is no test of what is new`;
}

/** The same where they are many, for a training; nothing else is said there of rows that are there twice. */
export function manyDuplicates(readings: readonly Reading[], rows: Uint32Array): string[] {
  const count = duplicateRows(readings, rows);
  return count >= MANY * rows.length && count > 1 ? [duplicateNote(count, rows.length)] : [];
}

/** 32 bits of each cell, equal for equal cells: i32[rows]. */
function cellBits(reading: Reading, rows: Uint32Array): Int32Array {
  const { column, isMissing, kind } = reading;
  const cells = new Int32Array(rows.length);
  if (kind === 'numeric') {
    const numbers = reading.numbers();
    const words = new Int32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
    for (let at = 0; at < cells.length; at++) {
      const row = rows[at]!;
      // NaN has many bits, and zero two.
      if (numbers[row] === 0) cells[at] = 0;
      else if (Number.isNaN(numbers[row])) cells[at] = 1;
      else cells[at] = mixed(words[2 * row]!) ^ Math.imul(words[2 * row + 1]!, 0x165667b1);
    }
    return cells;
  }
  const codes = new Map<string, number>();
  for (let at = 0; at < cells.length; at++) {
    const row = rows[at]!;
    if (isMissing(row)) continue;
    const text = column.text(row);
    let code = codes.get(text);
    if (code === undefined) {
      code = textHash(labelOf(text));
      codes.set(text, code);
    }
    cells[at] = code;
  }
  return cells;
}

/** MurmurHash3's last mix. */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** FNV-1a. */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** The first row that is alike of each row; null where every row is the first of its kind. */
function firstAlike(low: Int32Array, high: Int32Array): Uint32Array | null {
  const rows = low.length;
  const mask = 2 ** Math.ceil(Math.log2(2 * rows + 1)) - 1;
  const table = new Uint32Array(mask + 1); // rows from 1; 0 is an empty place
  const first = new Uint32Array(rows);
  let found = false;
  for (let row = 0; row < rows; row++) {
    let place = low[row]! & mask;
    for (; table[place] !== 0; place = (place + 1) & mask) {
      const other = table[place]! - 1;
      if (low[other] === low[row] && high[other] === high[row]) break;
    }
    if (table[place] === 0) table[place] = row + 1;
    else found = true;
    first[row] = table[place]! - 1;
  }
  return found ? first : null;
}
