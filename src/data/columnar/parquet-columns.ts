// What becomes of each column of a Parquet file: numbers in memory of their own type, dates, times and decimals as their
// numbers and a way to write them, texts as a CSV file's.

import type { Column } from '../table/column.js';
import { NumberColumn } from '../table/number-column.js';
import { whole } from './damaged.js';
import { integerColumn } from './integers.js';
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
import { bigEndianInteger, dayText, decimalText, instantText, timeText } from './value-texts.js';
import { type CellType, type CellValues, decimalType, WrittenColumn } from './written-column.js';

const MOST_EXACT_DIGITS = 18;

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
  if (date) return lanes(written({ text: (days) => dayText(Number(days)) }));
  if (time !== null) return lanes(written({ text: (count) => timeText(count, time) }));
  if (physical === 'INT96') return lanes(julianInstants(name));
  if (instant !== null) return lanes(written({ text: (count) => instantText(count, instant) }));
  if (isBytes(physical)) {
    whole(
      text !== null,
      `values of ${size === 0 ? 'bytes' : `${size} bytes`} that are neither text nor numbers`,
    );
    return new TextBuilder(name, rows, column, text);
  }
  if (physical === 'BOOLEAN') return lanes(written({ text: (value) => (value === 0 ? 'false' : 'true') }));
  return lanes((cells, validity) => numbersOf(name, cells, validity, physical, unsigned));
}

function isBytes(physical: PhysicalType): boolean {
  return physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY';
}

function valuesOf(cells: Lanes, physical: PhysicalType): CellValues {
  if (physical === 'INT64') return new BigInt64Array(cells.buffer);
  return cells;
}

function numbersOf(
  name: string,
  cells: Lanes,
  validity: Validity,
  physical: PhysicalType,
  unsigned: boolean,
): Column {
  const { buffer } = cells;
  const { valid } = validity;
  if (physical === 'INT64') {
    return integerColumn(name, unsigned ? new BigUint64Array(buffer) : new BigInt64Array(buffer), valid);
  }
  const own = physical === 'INT32' && unsigned ? new Uint32Array(buffer) : cells;
  return new NumberColumn(name, own, { rows: own.length, ...(valid === null ? {} : { valid }) });
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
    return new WrittenColumn(name, counts, validity.valid, {
      text: (count) => instantText(count, 1_000_000_000),
    });
  };
}
