// Columns of a Parquet file while they are filled, page by page: those whose cells all have the same size in memory of
// their own type, and those of bytes.

import { type Column, TextColumn } from '../table/column.js';
import type { Builder } from './columns-file.js';
import { Damaged, whole } from './damaged.js';
import { Bytes, joinBytes, unpackDeltas, unpackRuns, unpackSharedTexts, unpackTexts } from './encodings.js';
import type { PhysicalType, SchemaColumn } from './parquet-footer.js';
import { ENCODING, type PackedValues, type PageSink } from './parquet-pages.js';
import { Validity } from './validity.js';
import { bigEndianInteger } from './value-texts.js';
import { type CellType, WrittenColumn } from './written-column.js';

/** A column that is being read. */
export type ColumnBuilder = PageSink & Builder;

export type Lanes =
  | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;
export type Finish = (cells: Lanes, validity: Validity) => Column;

/** What cells of each type lie in, and how many lanes each takes. */
const LANES = {
  BOOLEAN: [Uint8Array, 1],
  INT32: [Int32Array, 1],
  INT64: [Int32Array, 2],
  INT96: [Int32Array, 3],
  FLOAT: [Float32Array, 1],
  DOUBLE: [Float64Array, 1],
} as const;

/** Columns whose cells all have the same size. */
export class LaneBuilder implements ColumnBuilder {
  readonly textBytes = 0;
  readonly #type: keyof typeof LANES;
  readonly #lanes: number;
  readonly #cells: Lanes;
  readonly #validity: Validity;
  readonly #finish: Finish;
  #dictionary: Lanes | null = null;
  #row = 0;

  constructor(physical: PhysicalType, rows: number, finish: Finish) {
    if (physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY')
      throw new Damaged('bytes for numbers');
    this.#type = physical;
    this.#lanes = LANES[physical][1];
    this.#cells = this.#make(rows);
    this.#validity = new Validity(rows);
    this.#finish = finish;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  dictionary(values: PackedValues): void {
    this.#dictionary = this.#plain(values.bytes, values.count);
  }

  page(rows: number, levels: Uint8Array | null, values: PackedValues): void {
    const [lanes, cells] = [this.#lanes, this.#cells];
    const dense = this.#decode(values);
    if (levels === null) cells.set(dense, this.#row * lanes);
    else {
      const gap = cells instanceof Float32Array || cells instanceof Float64Array ? Number.NaN : null;
      for (let i = 0, from = 0, to = this.#row * lanes; i < rows; i++, to += lanes) {
        if (levels[i] === 1) for (let lane = 0; lane < lanes; lane++) cells[to + lane] = dense[from++]!;
        else if (gap === null) this.#validity.clear(this.#row + i);
        else cells[to] = gap;
      }
    }
    this.#row += rows;
  }

  column(): Column {
    return this.#finish(this.#cells, this.#validity);
  }

  #make(count: number): Lanes {
    return new LANES[this.#type][0](count * this.#lanes);
  }

  #decode({ bytes, count, encoding }: PackedValues): Lanes {
    const lanes = this.#lanes;
    switch (encoding) {
      case ENCODING.plain:
        return this.#plain(bytes, count);
      case ENCODING.plainDictionary:
      case ENCODING.dictionary:
        return this.#named(bytes, count);
      case ENCODING.bytesApart:
        whole(this.#type !== 'BOOLEAN' && this.#type !== 'INT96', 'bytes apart of such a type');
        return this.#plain(new Bytes(joinBytes(bytes, count, this.#make(1).byteLength)), count);
      case ENCODING.deltas: {
        whole(this.#type === 'INT32' || this.#type === 'INT64', 'differences of such a type');
        const out = new Int32Array(count * lanes);
        unpackDeltas(bytes, out, lanes as 1 | 2);
        return out;
      }
      case ENCODING.runs: {
        whole(this.#type === 'BOOLEAN', 'runs of such a type');
        const out = new Uint8Array(count);
        if (count > 0) unpackRuns(new Bytes(bytes.take(bytes.take(4).readUInt32LE(0))), 1, out);
        return out;
      }
      default:
        throw new Damaged(`values of encoding ${encoding}, which is not read`);
    }
  }

  #plain(bytes: Bytes, count: number): Lanes {
    if (this.#type === 'BOOLEAN') {
      const packed = bytes.take(Math.ceil(count / 8));
      return Uint8Array.from({ length: count }, (_, i) => (packed[i >> 3]! >> (i & 7)) & 1);
    }
    const width = this.#lanes * LANES[this.#type][0].BYTES_PER_ELEMENT;
    const packed = bytes.take(count * width);
    const cells = this.#make(count);
    new Uint8Array(cells.buffer).set(packed);
    return cells;
  }

  #named(bytes: Bytes, count: number): Lanes {
    const [dictionary, lanes] = [this.#dictionary, this.#lanes];
    const cells = this.#make(count);
    const places = placesOf(bytes, count, (dictionary?.length ?? 0) / lanes);
    if (dictionary === null) return cells;
    if (lanes === 1) for (let i = 0; i < count; i++) cells[i] = dictionary[places[i]!]!;
    else {
      for (let i = 0, to = 0; i < count; i++) {
        for (let lane = 0, from = lanes * places[i]!; lane < lanes; lane++) cells[to++] = dictionary[from++]!;
      }
    }
    return cells;
  }
}

/** Places in a dictionary of so many entries. */
function placesOf(bytes: Bytes, count: number, entries: number): Uint32Array {
  const places = new Uint32Array(count);
  if (count === 0) return places;
  unpackRuns(bytes, bytes.byte(), places);
  let most = 0;
  for (let i = 0; i < count; i++) if (places[i]! > most) most = places[i]!;
  whole(most < entries, `entry ${most} of a dictionary of ${entries}`);
  return places;
}

/** Columns whose values are bytes, decoded one by one. */
abstract class BytesBuilder<Value> implements ColumnBuilder {
  abstract readonly bytes: number;
  abstract readonly textBytes: number;
  readonly #size: number;
  #dictionary: Value[] | null = null;

  constructor({ size }: SchemaColumn) {
    this.#size = size;
  }

  abstract decode(bytes: Buffer): Value;
  abstract add(value: Value): void;
  abstract addGap(): void;
  abstract column(): Column;

  dictionary({ bytes, count }: PackedValues): void {
    this.#dictionary = [];
    for (const value of this.#plain(bytes, count)) this.#dictionary.push(this.decode(value));
  }

  page(rows: number, levels: Uint8Array | null, values: PackedValues): void {
    const { bytes, count, encoding } = values;
    if (encoding === ENCODING.dictionary || encoding === ENCODING.plainDictionary) {
      const dictionary = this.#dictionary ?? [];
      const places = placesOf(bytes, count, dictionary.length);
      for (let i = 0, at = 0; i < rows; i++) {
        if (levels === null || levels[i] === 1) this.add(dictionary[places[at++]!]!);
        else this.addGap();
      }
      return;
    }
    const all = this.#values(values);
    for (let i = 0; i < rows; i++) {
      if (levels !== null && levels[i] === 0) {
        this.addGap();
        continue;
      }
      const next = all.next();
      whole(next.done !== true, 'fewer values than rows');
      this.add(this.decode(next.value));
    }
  }

  #values({ bytes, count, encoding }: PackedValues): Iterator<Buffer, undefined> {
    switch (encoding) {
      case ENCODING.plain:
        return this.#plain(bytes, count);
      case ENCODING.deltaLengths:
        return unpackTexts(bytes, count) as Iterator<Buffer, undefined>;
      case ENCODING.deltaTexts:
        return unpackSharedTexts(bytes, count) as Iterator<Buffer, undefined>;
      case ENCODING.bytesApart:
        whole(this.#size > 0, 'bytes apart of values of any length');
        return this.#plain(new Bytes(joinBytes(bytes, count, this.#size)), count);
      default:
        throw new Damaged(`values of encoding ${encoding}, which is not read`);
    }
  }

  *#plain(bytes: Bytes, count: number): Generator<Buffer, undefined> {
    for (let i = 0; i < count; i++) {
      yield bytes.take(this.#size > 0 ? this.#size : bytes.take(4).readUInt32LE(0));
    }
    return undefined;
  }
}

export class TextBuilder extends BytesBuilder<string> {
  readonly bytes: number;
  readonly #column: TextColumn;
  readonly #decode: (bytes: Buffer) => string;

  constructor(name: string, rows: number, column: SchemaColumn, decode: (bytes: Buffer) => string) {
    super(column);
    this.bytes = 4 * rows;
    this.#column = new TextColumn(name);
    this.#decode = decode;
  }

  get textBytes(): number {
    return this.#column.textBytes;
  }

  decode(bytes: Buffer): string {
    return this.#decode(bytes);
  }

  add(value: string): void {
    this.#column.push(value);
  }

  addGap(): void {
    this.#column.push('');
  }

  column(): Column {
    return this.#column;
  }
}

/** Whole numbers of up to eight bytes, most significant first: decimals. */
export class WholeBuilder extends BytesBuilder<bigint> {
  readonly textBytes = 0;
  readonly #name: string;
  readonly #cells: BigInt64Array;
  readonly #validity: Validity;
  readonly #type: CellType;
  #row = 0;

  constructor(name: string, rows: number, column: SchemaColumn, type: CellType) {
    super(column);
    this.#name = name;
    this.#cells = new BigInt64Array(rows);
    this.#validity = new Validity(rows);
    this.#type = type;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  decode(bytes: Buffer): bigint {
    whole(bytes.length <= 16, `a decimal of ${bytes.length} bytes`);
    return bigEndianInteger(bytes);
  }

  add(value: bigint): void {
    this.#cells[this.#row++] = value;
  }

  addGap(): void {
    this.#validity.clear(this.#row++);
  }

  column(): Column {
    return new WrittenColumn(this.#name, this.#cells, this.#validity.valid, this.#type);
  }
}
