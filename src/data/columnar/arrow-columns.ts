// What becomes of each column of Arrow, from a file or a program: numbers in memory of their own type, dates, times and
// decimals as their numbers and a way to write them, texts as a CSV file's. Filled batch by batch.
// Source: https://arrow.apache.org/docs/format/Columnar.html

import type { ValidBits } from '../table/number-column.js';
import {
  type ArrowBuilder,
  type ArrowType,
  Bits,
  type Cells,
  type CellsOf,
  Fixed,
  Narrowed,
  plainTexts,
  Texts,
  type TextsOf,
  viewedTexts,
} from './arrow-builders.js';
import { Damaged, whole } from './damaged.js';
import { numberColumn } from './numbers.js';
import { bigEndianInteger, dayText, decimalText, halfText, UNITS } from './value-texts.js';
import {
  type CellType,
  type CellValues,
  DAYS,
  decimalType,
  instantType,
  MOST_EXACT_DIGITS,
  TRUTHS,
  timeType,
  WrittenColumn,
} from './written-column.js';

const TYPE = {
  ...{ null: 1, int: 2, float: 3, utf8: 5, bool: 6, decimal: 7, date: 8, time: 9, timestamp: 10 },
  ...{ largeUtf8: 20, utf8View: 24 },
} as const;
const REFUSED: Readonly<Record<number, string>> = {
  ...{
    4: 'bytes',
    11: 'intervals',
    12: 'lists',
    13: 'records',
    14: 'unions',
    15: 'bytes',
    16: 'lists',
    17: 'maps',
  },
  ...{ 18: 'durations', 19: 'bytes', 21: 'lists', 22: 'runs', 23: 'bytes', 25: 'lists', 26: 'lists' },
};
const MS_PER_DAY = 86_400_000;

/** How a type's values lie: texts by offsets of so many bytes, or views of 16; bits; cells of so many bytes. */
export interface ArrowLayout {
  readonly kind: 'none' | 'bits' | 'cells' | 'texts' | 'views';
  /** Of a cell, or of an offset. */
  readonly bytes: number;
}

/** @throws Damaged for a type that has no place in a table */
export function layoutOf({ typeId, bitWidth = 0, precision = 0, unit = 0 }: ArrowType): ArrowLayout {
  switch (typeId) {
    case TYPE.null:
      return { kind: 'none', bytes: 0 };
    case TYPE.bool:
      return { kind: 'bits', bytes: 0 };
    case TYPE.utf8:
      return { kind: 'texts', bytes: 4 };
    case TYPE.largeUtf8:
      return { kind: 'texts', bytes: 8 };
    case TYPE.utf8View:
      return { kind: 'views', bytes: 16 };
    case TYPE.int:
    case TYPE.time:
      whole([8, 16, 32, 64].includes(bitWidth), `integers of ${bitWidth} bits`);
      return { kind: 'cells', bytes: bitWidth / 8 };
    case TYPE.float:
      whole([0, 1, 2].includes(precision), `fractions of precision ${precision}`);
      return { kind: 'cells', bytes: [2, 4, 8][precision]! };
    case TYPE.decimal:
      whole([32, 64, 128, 256].includes(bitWidth), `decimals of ${bitWidth} bits`);
      return { kind: 'cells', bytes: bitWidth / 8 };
    case TYPE.date:
      return { kind: 'cells', bytes: unit === 0 ? 4 : 8 };
    case TYPE.timestamp:
      return { kind: 'cells', bytes: 8 };
    default:
      throw new Damaged(`${REFUSED[typeId] ?? `values of type ${typeId}`}`);
  }
}

/** @param rows of all batches. @throws Damaged for a type that has no place in a table */
export function arrowBuilder(name: string, type: ArrowType, rows: number): ArrowBuilder {
  const { kind, bytes } = layoutOf(type);
  const { typeId, bitWidth = 0, isSigned = true, precision = 0, scale = 0, unit = 0 } = type;
  const written = (of: CellType) => (cells: Cells, valid: ValidBits | null) =>
    new WrittenColumn(name, cells as CellValues, valid, of);
  if (kind === 'none') return new Texts(name, rows, () => () => '');
  if (kind === 'texts') return new Texts(name, rows, plainTexts);
  if (kind === 'views') return new Texts(name, rows, viewedTexts);
  if (kind === 'bits') return new Bits(rows, written(TRUTHS));
  if (typeId === TYPE.decimal) {
    if (bytes <= 8)
      return new Fixed(rows, bytes === 4 ? Int32Array : BigInt64Array, written(decimalType(scale)));
    if (precision <= MOST_EXACT_DIGITS) return new Narrowed(rows, bytes, written(decimalType(scale)));
    const exact: TextsOf =
      ({ values }) =>
      (row) =>
        decimalText(
          bigEndianInteger(Uint8Array.from(values.subarray(bytes * row, bytes * (row + 1))).reverse()),
          scale,
        );
    return new Texts(name, rows, exact);
  }
  const per = UNITS[unit] ?? 1;
  if (typeId === TYPE.date && unit === 0) return new Fixed(rows, Int32Array, written(DAYS));
  if (typeId === TYPE.date) {
    const text = (ms: number | bigint) => dayText(Math.floor(Number(ms) / MS_PER_DAY));
    return new Fixed(rows, BigInt64Array, written({ text }));
  }
  if (typeId === TYPE.time) {
    return new Fixed(rows, bytes === 4 ? Int32Array : BigInt64Array, written(timeType(per)));
  }
  if (typeId === TYPE.timestamp) return new Fixed(rows, BigInt64Array, written(instantType(per)));
  if (typeId === TYPE.float && precision === 0) {
    const text = (half: number | bigint) => halfText(Number(half));
    return new Fixed(
      rows,
      Uint16Array,
      written({ text, number: (half) => Number(text(half) || Number.NaN) }),
    );
  }
  const numbers = (cells: Cells, valid: ValidBits | null) => numberColumn(name, cells, valid);
  if (typeId === TYPE.float) return new Fixed(rows, precision === 1 ? Float32Array : Float64Array, numbers);
  const [signed, unsigned] = INTEGERS[bitWidth]!;
  return new Fixed(rows, isSigned ? signed : unsigned, numbers);
}

const INTEGERS: Readonly<Record<number, readonly [signed: CellsOf, unsigned: CellsOf]>> = {
  8: [Int8Array, Uint8Array],
  16: [Int16Array, Uint16Array],
  32: [Int32Array, Uint32Array],
  64: [BigInt64Array, BigUint64Array],
};
