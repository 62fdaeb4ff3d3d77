// A table of Apache Arrow that a program has in memory, told by its shape and not by its class, since programs bring a
// version of their own: as a table of tutti's. A column of floats without gaps in one piece is used where it lies.

import { describe, TuttiError } from '../../errors.js';
import type { Column } from '../table/column.js';
import { NumberColumn } from '../table/number-column.js';
import type { Table } from '../table/table.js';
import { type ArrowPart, type ArrowType, codedTexts, Texts } from './arrow-builders.js';
import { arrowBuilder, layoutOf } from './arrow-columns.js';
import { tableOfColumns } from './columns-file.js';
import { asColumn, Damaged, decoding, whole } from './damaged.js';
import { tableNames } from './table-names.js';

/** A table as the package apache-arrow has it, and DuckDB, Perspective and others give it. */
export interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly batches: readonly unknown[];
}

/** What messages call it. */
const NAME = 'the Arrow table';

/** A column's part of a batch, as apache-arrow has it. */
interface Data {
  readonly type: ArrowType & { readonly indices?: ArrowType };
  readonly length: number;
  readonly offset: number;
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array | undefined;
  readonly values: ArrayBufferView | undefined;
  readonly valueOffsets?: Int32Array | BigInt64Array | undefined;
  readonly variadicBuffers?: readonly Uint8Array[] | undefined;
  readonly dictionary?: { get(index: number): unknown; readonly length: number } | undefined;
}

export function isArrowTable(source: unknown): source is ArrowTable {
  if (typeof source !== 'object' || source === null) return false;
  const { numRows, schema, batches } = source as Partial<ArrowTable>;
  return typeof numRows === 'number' && Array.isArray(schema?.fields) && Array.isArray(batches);
}

/** @throws ERR_DATA naming a column of a type that has no place in a table, or of no rows; ERR_OPTION for no such table */
export function tableFromArrow({ numRows: rows, schema, batches }: ArrowTable): Table {
  if (rows === 0) throw new TuttiError('ERR_DATA', `Expected ${NAME} to have rows, got none`, { file: NAME });
  const { names, notes } = tableNames(
    NAME,
    schema.fields.map(({ name }) => name),
  );
  const columns = names.map((name, at) =>
    columnOf(
      name,
      batches.map((batch) => dataOf(batch, at)),
      rows,
    ),
  );
  return tableOfColumns(NAME, columns, rows, notes);
}

function dataOf(batch: unknown, at: number): Data {
  const data = (batch as { readonly data?: { readonly children?: readonly Data[] } }).data?.children?.[at];
  if (data !== undefined) return data;
  throw new TuttiError(
    'ERR_OPTION',
    `Expected \`source\` to be a table of Apache Arrow, got ${describe(batch)} among its batches`,
    { option: 'source' },
  );
}

function columnOf(name: string, parts: readonly Data[], rows: number): Column {
  const place = { file: NAME, column: name };
  const [first] = parts;
  const only = parts.length === 1 ? first : undefined;
  if (only?.type.typeId === FLOAT && only.nullCount === 0 && isFloats(only.values)) {
    return new NumberColumn(name, only.values, { rows });
  }
  if (first?.type.typeId === CODED) {
    const indices = first.type.indices ?? { typeId: 2 };
    let texts: readonly string[] = [];
    const builder = asColumn(
      NAME,
      name,
      () =>
        new Texts(
          name,
          rows,
          codedTexts(indices, () => texts),
        ),
    );
    decoding(place, 'a table', () => {
      for (const part of parts) {
        texts = textsOf(part);
        builder.add(partOf(part, indices));
      }
    });
    return builder.column();
  }
  const builder = asColumn(NAME, name, () => arrowBuilder(name, first?.type ?? { typeId: -2 }, rows));
  decoding(place, 'a table', () => {
    for (const part of parts) builder.add(partOf(part, part.type));
  });
  return builder.column();
}

const FLOAT = 3;
/** As apache-arrow marks what names its values by their places in a dictionary. */
const CODED = -1;

function isFloats(values: unknown): values is Float32Array | Float64Array {
  return values instanceof Float32Array || values instanceof Float64Array;
}

function textsOf({ dictionary }: Data): string[] {
  whole(dictionary !== undefined, 'places without a dictionary');
  return Array.from({ length: dictionary.length }, (_, at) => {
    const value = dictionary.get(at);
    if (typeof value === 'object' && value !== null)
      throw new Damaged('a dictionary of values that are no texts');
    return value === null || value === undefined ? '' : String(value);
  });
}

function partOf(data: Data, type: ArrowType): ArrowPart {
  const { length: rows, offset, nullCount, nullBitmap, values, valueOffsets, variadicBuffers } = data;
  const { kind } = layoutOf(type);
  const bytes =
    values === undefined
      ? new Uint8Array(0)
      : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const gaps = nullCount !== 0 && nullBitmap !== undefined && nullBitmap.length > 0;
  return {
    ...{ rows, values: bytes },
    // The values of a part begin with it, its bits do not.
    valid: gaps ? { bits: nullBitmap, offset } : null,
    ...(kind === 'bits' ? { bitOffset: offset } : {}),
    ...(valueOffsets === undefined ? {} : { offsets: valueOffsets }),
    ...(variadicBuffers === undefined ? {} : { pieces: variadicBuffers }),
  };
}
