// What becomes of each column of a Parquet file: numbers in memory of their own type, dates, times and decimals as their
// numbers and a way to write them, texts as a CSV file's.

import type { NumberCells } from '../table/number-column.js';
import { whole } from './damaged.js';
import { numberColumn } from './numbers.js';
import {
  type ColumnBuilder,
  type Finish,
  LaneBuilder,
  type Lanes,
  TextBuilder,
  WholeBuilder,
} from './parquet-builders.js';
import type { PhysicalType, SchemaColumn } from './parquet-footer.js';
import { meaningOf } from './parquet-meaning.js';
import type { Validity } from './validity.js';
import { bigEndianInteger, decimalText } from './value-texts.js';
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

/**
 * @param name what it is called in the table. @param rows of the whole file
 * @throws Damaged for a type that has no place in a table
 */
export function columnBuilder(name: string, column: SchemaColumn, rows: number): ColumnBuilder {
  const { physical, scale, precision, size } = column;
  const written = (type: CellType) => (cells: Lanes, validity: Validity) =>
    new WrittenColumn(name, valuesOf(cells, physical), validity.valid, type);
  const lanes = (finish: Finish) => new LaneBuilder(physical, rows, finish);
  const { date, time, instant, decimal, unsigned, text, nothing, refused } = meaningOf(column);
  whole(refused === null, refused ?? '');
  if (nothing) return new TextBuilder(name, rows, column, () => '');
  if (decimal && size + precision > 0 && isBytes(physical)) {
    return precision <= MOST_EXACT_DIGITS && size <= 8
      ? new WholeBuilder(name, rows, column, decimalType(scale))
      : new TextBuilder(name, rows, column, (bytes) => decimalText(bigEndianInteger(bytes), scale));
  }
  if (decimal) return lanes(written(decimalType(scale)));
  if (date) return lanes(written(DAYS));
  if (time !== null) return lanes(written(timeType(time)));
  if (physical === 'INT96') return lanes(julianInstants(name));
  if (instant !== null) return lanes(written(instantType(instant)));
  if (isBytes(physical)) {
    whole(
      text !== null,
      `values of ${size === 0 ? 'bytes' : `${size} bytes`} that are neither text nor numbers`,
    );
    return new TextBuilder(name, rows, column, text);
  }
  if (physical === 'BOOLEAN') return lanes(written(TRUTHS));
  return lanes((cells, { valid }) => numberColumn(name, numbersOf(cells, physical, unsigned), valid));
}

function isBytes(physical: PhysicalType): boolean {
  return physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY';
}

function valuesOf(cells: Lanes, physical: PhysicalType): CellValues {
  if (physical === 'INT64') return new BigInt64Array(cells.buffer);
  return cells;
}

function numbersOf(cells: Lanes, physical: PhysicalType, unsigned: boolean): NumberCells {
  if (unsigned && physical === 'INT64') return new BigUint64Array(cells.buffer);
  if (unsigned && physical === 'INT32') return new Uint32Array(cells.buffer);
  return valuesOf(cells, physical);
}

const JULIAN_1970 = 2_440_588n;
const NANOSECONDS_PER_DAY = 86_400_000_000_000n;

/** Nanoseconds of the day, then the Julian day: how Spark and Hive wrote points in time. */
function julianInstants(name: string): Finish {
  return (cells, validity) => {
    const rows = cells.length / 3;
    const view = new DataView(cells.buffer);
    const counts = BigInt64Array.from({ length: rows }, (_, row) => {
      const day = BigInt(view.getInt32(12 * row + 8, true));
      return (day - JULIAN_1970) * NANOSECONDS_PER_DAY + view.getBigInt64(12 * row, true);
    });
    return new WrittenColumn(name, counts, validity.valid, instantType(1_000_000_000));
  };
}
