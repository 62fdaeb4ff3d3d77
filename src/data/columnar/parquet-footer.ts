// What a Parquet file says of itself at its end: its columns, and where the chunks of each row group lie. All of it is
// held against the file before anything else is read.
// Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

import type { Codec } from './codecs.js';
import { Damaged, whole } from './damaged.js';
import { isStruct, ThriftReader, type ThriftStruct, type ThriftValue, type Wanted } from './thrift.js';

const PARQUET_MAGIC = 'PAR1';
const ENCRYPTED_MAGIC = 'PARE';
/** After the footer: its length and the magic. */
export const TAIL_BYTES = 8;
/** Longer footers are refused: ten thousand columns in as many row groups as files have take less. */
const MOST_FOOTER_BYTES = 2 ** 28;

const PHYSICAL_TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type PhysicalType = (typeof PHYSICAL_TYPES)[number];

const CODECS: readonly (Codec | null)[] = [
  ...(['none', 'snappy', 'gzip', null, 'brotli', 'lz4Hadoop', 'zstd', 'lz4'] as const),
];

/** A column as the schema has it. */
export interface SchemaColumn {
  readonly name: string;
  readonly physical: PhysicalType;
  /** Bytes of each value of FIXED_LEN_BYTE_ARRAY; else 0. */
  readonly size: number;
  readonly nullable: boolean;
  /** The number of its ConvertedType; null for none. */
  readonly converted: number | null;
  /** The one field of its LogicalType and what is in it; null for none. */
  readonly logical: { readonly kind: number; readonly of: ThriftStruct } | null;
  readonly scale: number;
  readonly precision: number;
}

/** One column of a row group. */
export interface Chunk {
  readonly codec: Codec;
  readonly start: number;
  readonly end: number;
}

export interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

export interface Footer {
  readonly rows: number;
  readonly columns: readonly SchemaColumn[];
  /** Columns that hold lists or records, and which: `a list in column \`tags\``. */
  readonly nested: string | null;
  readonly groups: readonly RowGroup[];
}

const UNIT: Wanted = { 1: {}, 2: {}, 3: {} };
const LOGICAL: Wanted = {
  ...{ 1: {}, 2: {}, 3: {}, 4: {}, 5: { 1: true, 2: true }, 6: {}, 7: { 2: UNIT }, 8: { 2: UNIT } },
  ...{ 10: { 1: true, 2: true }, 11: {}, 12: {}, 13: {}, 14: {}, 15: {}, 16: {}, 17: {}, 18: {} },
};
const CHUNK: Wanted = {
  ...{ 1: true, 8: {}, 9: true },
  3: { 1: true, 3: true, 4: true, 5: true, 7: true, 9: true, 11: true },
};
const FOOTER: Wanted = {
  2: { 1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 10: LOGICAL },
  3: true,
  4: { 1: CHUNK, 3: true },
  8: {},
};

/**
 * Where the footer begins. @param tail the last {@link TAIL_BYTES} bytes. @param bytes of the whole file
 * @throws Damaged
 */
export function footerStart(tail: Buffer, bytes: number): number {
  const magic = tail.toString('latin1', 4);
  whole(magic !== ENCRYPTED_MAGIC, 'one that is encrypted');
  whole(magic === PARQUET_MAGIC, `${JSON.stringify(magic)} at its end, where ${PARQUET_MAGIC} belongs`);
  const length = tail.readUInt32LE(0);
  // Four more for the magic at the beginning.
  whole(length <= bytes - TAIL_BYTES - 4, `a footer of ${length} bytes in a file of ${bytes}`);
  whole(length <= MOST_FOOTER_BYTES, `a footer of ${length} bytes, more than ${MOST_FOOTER_BYTES}`);
  return bytes - TAIL_BYTES - length;
}

/** @param end of what lies before the footer. @throws Damaged */
export function readFooter(bytes: Buffer, end: number): Footer {
  const footer = new ThriftReader(bytes).struct(FOOTER);
  whole(footer[8] === undefined, 'one that is encrypted');
  const { columns, nested } = schemaOf(structs(footer[2], 'its schema'));
  const rows = count(footer[3], 'its number of rows');
  if (nested !== null) return { rows, columns, nested, groups: [] };
  const groups = structs(footer[4], 'its row groups').map((group, at) => groupOf(group, columns, end, at));
  const inGroups = groups.reduce((sum, group) => sum + group.rows, 0);
  whole(inGroups === rows, `${rows} rows, and ${inGroups} in its row groups`);
  return { rows, columns, nested, groups };
}

const REPEATED = 2;
const [OPTIONAL, LIST_TYPE, MAP_TYPE] = [1, 3, 1];

function schemaOf(elements: readonly ThriftStruct[]): Pick<Footer, 'columns' | 'nested'> {
  const [root, ...others] = elements;
  whole(root !== undefined, 'no schema');
  const columns: SchemaColumn[] = [];
  for (const element of others) {
    const name = text(element[4], 'the name of a column');
    const children = element[5] ?? 0;
    const converted = typeof element[6] === 'number' ? element[6] : null;
    const logical = logicalOf(element[10]);
    if (children !== 0 || element[3] === REPEATED) {
      const isList = element[3] === REPEATED || converted === LIST_TYPE || logical?.kind === 3;
      const isMap = converted === MAP_TYPE || logical?.kind === 2;
      return { columns, nested: `${isMap ? 'maps' : isList ? 'lists' : 'records'} in column \`${name}\`` };
    }
    const physical = PHYSICAL_TYPES[typeof element[1] === 'number' ? element[1] : -1];
    whole(physical !== undefined, `no type for column ${JSON.stringify(name)}`);
    const size = physical === 'FIXED_LEN_BYTE_ARRAY' ? count(element[2], 'the size of a column') : 0;
    const [scale, precision] =
      logical?.kind === 5 ? [logical.of[1], logical.of[2]] : [element[7], element[8]];
    columns.push({
      ...{ name, physical, size, converted, logical },
      nullable: element[3] === OPTIONAL,
      scale: typeof scale === 'number' ? scale : 0,
      precision: typeof precision === 'number' ? precision : 0,
    });
  }
  whole(root[5] === columns.length, `${columns.length} columns where ${String(root[5])} are stated`);
  return { columns, nested: null };
}

function logicalOf(value: ThriftValue | undefined): SchemaColumn['logical'] {
  if (value === undefined || !isStruct(value)) return null;
  const [entry] = Object.entries(value);
  if (entry === undefined) return null;
  const [kind, of] = entry;
  return { kind: Number(kind), of: isStruct(of) ? of : {} };
}

function groupOf(group: ThriftStruct, columns: readonly SchemaColumn[], end: number, at: number): RowGroup {
  const rows = count(group[3], `the rows of row group ${at + 1}`);
  const chunks = structs(group[1], `the columns of row group ${at + 1}`);
  whole(chunks.length === columns.length, `${chunks.length} columns in row group ${at + 1}`);
  return {
    rows,
    chunks: chunks.map((chunk, c) => {
      const column = columns[c]!;
      const where = `column ${JSON.stringify(column.name)} in row group ${at + 1}`;
      whole(chunk[1] === undefined, `${where} in another file`);
      whole(chunk[8] === undefined && chunk[9] === undefined, `${where} encrypted`);
      return chunkOf(struct(chunk[3], where), column, rows, end, where);
    }),
  };
}

function chunkOf(meta: ThriftStruct, column: SchemaColumn, rows: number, end: number, where: string): Chunk {
  const path = Array.isArray(meta[3]) ? meta[3] : [];
  const own = path.length === 1 && text(path[0], `the name of ${where}`) === column.name;
  whole(own, `another column where ${where} belongs`);
  whole(PHYSICAL_TYPES[Number(meta[1])] === column.physical, `another type for ${where}`);
  const values = count(meta[5], `the values of ${where}`);
  whole(values === rows, `${values} values for ${rows} rows of ${where}`);
  const codec = CODECS[typeof meta[4] === 'number' ? meta[4] : -1];
  if (codec === undefined || codec === null) {
    throw new Damaged(`${where} packed by ${meta[4] === 3 ? 'LZO, which is not read' : 'something unknown'}`);
  }
  const data = count(meta[9], `the place of ${where}`);
  const dictionary = typeof meta[11] === 'number' ? meta[11] : 0;
  // Some writers say 0 where there is none.
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const length = count(meta[7], `the size of ${where}`);
  whole(start >= 4 && start + length <= end, `${where} beyond the end of the file`);
  return { codec, start, end: start + length };
}

function struct(value: ThriftValue | undefined, what: string): ThriftStruct {
  whole(value !== undefined && isStruct(value), `nothing for ${what}`);
  return value;
}

function structs(value: ThriftValue | undefined, what: string): readonly ThriftStruct[] {
  whole(Array.isArray(value), `nothing for ${what}`);
  return (value as readonly ThriftValue[]).map((each) => struct(each, what));
}

function count(value: ThriftValue | undefined, what: string): number {
  whole(typeof value === 'number' && Number.isSafeInteger(value) && value >= 0, `no number for ${what}`);
  return value;
}

function text(value: ThriftValue | undefined, what: string): string {
  whole(Buffer.isBuffer(value), `nothing for ${what}`);
  return value.toString('utf8');
}
