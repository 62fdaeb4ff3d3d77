// Columns of Arrow while they are filled, batch by batch: cells of one size, bits, texts, places in dictionaries.

import { type Column, TextColumn } from '../table/column.js';
import type { ValidBits } from '../table/number-column.js';
import type { Builder } from './columns-file.js';
import { Damaged, whole } from './damaged.js';
import { Validity } from './validity.js';
import { WrittenColumn } from './written-column.js';

/** A type, as Arrow's schema numbers them; of a program the properties have these names too. */
export interface ArrowType {
  readonly typeId: number;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly scale?: number;
  /** Of dates 0 for days; of times 0, 1, 2, 3 for seconds and thousandths of one another. */
  readonly unit?: number;
}

/** A column's part of a batch, as it lies in memory. */
export interface ArrowPart {
  readonly rows: number;
  /** Null: all rows have a value. */
  readonly valid: ValidBits | null;
  /** Little-endian; of true and false bits, which begin at `bitOffset`. */
  readonly values: Uint8Array;
  readonly bitOffset?: number;
  /** Of texts: where each begins in the values, one more than there are rows; absent of views. */
  readonly offsets?: Int32Array | BigInt64Array;
  /** What views of long texts point into. */
  readonly pieces?: readonly Uint8Array[];
}

/** A column that is being read. */
export interface ArrowBuilder extends Builder {
  add(part: ArrowPart): void;
}

export type Cells =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;
export interface CellsOf {
  new (rows: number): Cells;
}
export type Finish = (cells: Cells, valid: ValidBits | null) => Column;

/** Rows of which some have no value. */
abstract class Gapped implements ArrowBuilder {
  readonly textBytes = 0;
  protected row = 0;
  protected readonly validity: Validity;

  constructor(rows: number) {
    this.validity = new Validity(rows);
  }

  abstract get bytes(): number;
  abstract column(): Column;
  abstract take(part: ArrowPart): void;

  add(part: ArrowPart): void {
    this.take(part);
    for (let i = 0; part.valid !== null && i < part.rows; i++) {
      if (!isValid(part.valid, i)) this.validity.clear(this.row + i);
    }
    this.row += part.rows;
  }
}

export class Fixed extends Gapped {
  readonly #cells: Cells;
  readonly #finish: Finish;

  constructor(rows: number, Of: CellsOf, finish: Finish) {
    super(rows);
    this.#cells = new Of(rows);
    this.#finish = finish;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  take({ rows, values }: ArrowPart): void {
    const size = this.#cells.BYTES_PER_ELEMENT;
    whole(values.length >= rows * size, 'fewer values than rows');
    const bytes = new Uint8Array(this.#cells.buffer);
    bytes.set(values.subarray(0, rows * size), this.row * size);
  }

  column(): Column {
    return this.#finish(this.#cells, this.validity.valid);
  }
}

/** Integers of 16 bytes and more that fit in eight. */
export class Narrowed extends Gapped {
  readonly #cells: BigInt64Array<ArrayBuffer>;
  readonly #size: number;
  readonly #finish: Finish;

  constructor(rows: number, size: number, finish: Finish) {
    super(rows);
    this.#cells = new BigInt64Array(rows);
    this.#size = size;
    this.#finish = finish;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  take({ rows, values }: ArrowPart): void {
    whole(values.length >= rows * this.#size, 'fewer values than rows');
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    for (let i = 0; i < rows; i++) this.#cells[this.row + i] = view.getBigInt64(this.#size * i, true);
  }

  column(): Column {
    return this.#finish(this.#cells, this.validity.valid);
  }
}

export class Bits extends Gapped {
  readonly #name: string;
  readonly #cells: Uint8Array<ArrayBuffer>;

  constructor(name: string, rows: number) {
    super(rows);
    this.#name = name;
    this.#cells = new Uint8Array(rows);
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  take({ rows, values, bitOffset = 0 }: ArrowPart): void {
    whole(8 * values.length >= bitOffset + rows, 'fewer values than rows');
    const bits = { bits: values, offset: bitOffset };
    for (let i = 0; i < rows; i++) this.#cells[this.row + i] = isValid(bits, i) ? 1 : 0;
  }

  column(): Column {
    const text = (value: number | bigint) => (value === 0 ? 'false' : 'true');
    return new WrittenColumn(this.#name, this.#cells, this.validity.valid, { text });
  }
}

export class Texts implements ArrowBuilder {
  readonly bytes: number;
  readonly #column: TextColumn;
  readonly #textAt: (part: ArrowPart, row: number) => string;

  constructor(name: string, rows: number, textOf: (part: ArrowPart, row: number) => string) {
    this.bytes = 4 * rows;
    this.#column = new TextColumn(name);
    this.#textAt = textOf;
  }

  get textBytes(): number {
    return this.#column.textBytes;
  }

  add(part: ArrowPart): void {
    for (let i = 0; i < part.rows; i++) {
      this.#column.push(part.valid === null || isValid(part.valid, i) ? this.#textAt(part, i) : '');
    }
  }

  column(): Column {
    return this.#column;
  }
}

/** A column of places in a dictionary, whose values are texts, or are told by their texts. */
export class Coded implements ArrowBuilder {
  readonly bytes: number;
  readonly #column: TextColumn;
  readonly #bytes: number;
  readonly #signed: boolean;
  readonly #texts: () => readonly string[];

  /** @param texts of the dictionary, as it is for the batches at hand */
  constructor(
    name: string,
    rows: number,
    { bitWidth = 32, isSigned = true }: ArrowType,
    texts: () => readonly string[],
  ) {
    whole([8, 16, 32, 64].includes(bitWidth), `places of ${bitWidth} bits`);
    this.bytes = 4 * rows;
    this.#column = new TextColumn(name);
    this.#bytes = bitWidth / 8;
    this.#signed = isSigned;
    this.#texts = texts;
  }

  get textBytes(): number {
    return this.#column.textBytes;
  }

  add({ rows, valid, values }: ArrowPart): void {
    const [size, texts] = [this.#bytes, this.#texts()];
    whole(values.length >= rows * size, 'fewer values than rows');
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    for (let i = 0; i < rows; i++) {
      if (valid !== null && !isValid(valid, i)) {
        this.#column.push('');
        continue;
      }
      const place =
        size === 8
          ? Number(bytes.readBigUInt64LE(8 * i))
          : this.#signed
            ? bytes.readIntLE(size * i, size)
            : bytes.readUIntLE(size * i, size);
      const text = texts[place];
      whole(text !== undefined, `entry ${place} of a dictionary of ${texts.length}`);
      this.#column.push(text);
    }
  }

  column(): Column {
    return this.#column;
  }
}

function isValid({ bits, offset = 0 }: ValidBits, row: number): boolean {
  const bit = offset + row;
  return ((bits[bit >> 3]! >> (bit & 7)) & 1) === 1;
}

export function textAt({ offsets, values }: ArrowPart, row: number): string {
  whole(offsets !== undefined && row + 1 < offsets.length, 'fewer texts than rows');
  return utf8(values, Number(offsets[row]!), Number(offsets[row + 1]!));
}

/** Of so many bytes a text lies in its view. */
const SHORT_TEXT = 12;

export function viewAt({ values, pieces = [] }: ArrowPart, row: number): string {
  whole(values.length >= 16 * (row + 1), 'fewer texts than rows');
  const view = new DataView(values.buffer, values.byteOffset + 16 * row, 16);
  const length = view.getInt32(0, true);
  if (length <= SHORT_TEXT) return utf8(values, 16 * row + 4, 16 * row + 4 + length);
  const piece = pieces[view.getInt32(8, true)];
  whole(piece !== undefined, 'a text in no buffer');
  const start = view.getInt32(12, true);
  return utf8(piece, start, start + length);
}

function utf8(bytes: Uint8Array, start: number, end: number): string {
  whole(start >= 0 && start <= end && end <= bytes.length, 'a text beyond its buffer');
  const own = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  const text = own.toString('utf8');
  // Only where one stands may there have been something else.
  if (text.includes('\ufffd') && !Buffer.from(text).equals(own)) {
    throw new Damaged(`bytes that are no text, such as ${own.toString('hex', 0, 16)}`);
  }
  return text;
}
