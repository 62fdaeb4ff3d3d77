// Columns of Arrow while they are filled, batch by batch: cells of one size, bits, texts, places in dictionaries.

import { type Column, TextColumn } from '../table/column.js';
import { hasValue, type ValidBits } from '../table/number-column.js';
import type { Builder } from './columns-file.js';
import { whole } from './damaged.js';
import { Validity } from './validity.js';
import { utf8Text } from './value-texts.js';

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

/** Columns whose cells all have the same size. */
abstract class CellsBuilder implements ArrowBuilder {
  readonly textBytes = 0;
  protected row = 0;
  readonly #validity: Validity;
  readonly #finish: Finish;

  constructor(rows: number, finish: Finish) {
    this.#validity = new Validity(rows);
    this.#finish = finish;
  }

  protected abstract readonly cells: Cells;
  /** Cells of a part into their place, from `row` on. */
  protected abstract take(part: ArrowPart): void;

  get bytes(): number {
    return this.cells.byteLength;
  }

  add(part: ArrowPart): void {
    this.take(part);
    for (let i = 0; part.valid !== null && i < part.rows; i++) {
      if (!hasValue(part.valid, i)) this.#validity.clear(this.row + i);
    }
    this.row += part.rows;
  }

  column(): Column {
    return this.#finish(this.cells, this.#validity.valid);
  }
}

export class Fixed extends CellsBuilder {
  protected readonly cells: Cells;

  constructor(rows: number, Of: CellsOf, finish: Finish) {
    super(rows, finish);
    this.cells = new Of(rows);
  }

  protected take({ rows, values }: ArrowPart): void {
    const size = this.cells.BYTES_PER_ELEMENT;
    whole(values.length >= rows * size, 'fewer values than rows');
    const bytes = new Uint8Array(this.cells.buffer);
    bytes.set(values.subarray(0, rows * size), this.row * size);
  }
}

/** Integers of 16 bytes and more that fit in eight. */
export class Narrowed extends CellsBuilder {
  protected readonly cells: BigInt64Array<ArrayBuffer>;
  readonly #size: number;

  constructor(rows: number, size: number, finish: Finish) {
    super(rows, finish);
    this.cells = new BigInt64Array(rows);
    this.#size = size;
  }

  protected take({ rows, values }: ArrowPart): void {
    whole(values.length >= rows * this.#size, 'fewer values than rows');
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    for (let i = 0; i < rows; i++) this.cells[this.row + i] = view.getBigInt64(this.#size * i, true);
  }
}

export class Bits extends CellsBuilder {
  protected readonly cells: Uint8Array<ArrayBuffer>;

  constructor(rows: number, finish: Finish) {
    super(rows, finish);
    this.cells = new Uint8Array(rows);
  }

  protected take({ rows, values, bitOffset = 0 }: ArrowPart): void {
    whole(8 * values.length >= bitOffset + rows, 'fewer values than rows');
    const bits = { bits: values, offset: bitOffset };
    for (let i = 0; i < rows; i++) this.cells[this.row + i] = hasValue(bits, i) ? 1 : 0;
  }
}

/** What the rows of a part say that have a value, as texts. */
export type TextsOf = (part: ArrowPart) => (row: number) => string;

export class Texts implements ArrowBuilder {
  readonly bytes: number;
  readonly #column: TextColumn;
  readonly #textsOf: TextsOf;

  constructor(name: string, rows: number, textsOf: TextsOf) {
    this.bytes = 4 * rows;
    this.#column = new TextColumn(name);
    this.#textsOf = textsOf;
  }

  get textBytes(): number {
    return this.#column.textBytes;
  }

  add(part: ArrowPart): void {
    const { rows, valid } = part;
    const text = this.#textsOf(part);
    for (let i = 0; i < rows; i++) this.#column.push(valid === null || hasValue(valid, i) ? text(i) : '');
  }

  column(): Column {
    return this.#column;
  }
}

/**
 * What places in a dictionary say, whose values are texts, or are told by their texts.
 * @param dictionary as it is for the batches at hand
 */
export function codedTexts(
  { bitWidth = 32, isSigned = true }: ArrowType,
  dictionary: () => readonly string[],
): TextsOf {
  whole([8, 16, 32, 64].includes(bitWidth), `places of ${bitWidth} bits`);
  const size = bitWidth / 8;
  return ({ rows, values }) => {
    const texts = dictionary();
    whole(values.length >= rows * size, 'fewer values than rows');
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    return (row) => {
      const place =
        size === 8
          ? Number(bytes.readBigUInt64LE(8 * row))
          : isSigned
            ? bytes.readIntLE(size * row, size)
            : bytes.readUIntLE(size * row, size);
      const text = texts[place];
      whole(text !== undefined, `entry ${place} of a dictionary of ${texts.length}`);
      return text;
    };
  };
}

export const plainTexts: TextsOf =
  ({ offsets, values }) =>
  (row) => {
    whole(offsets !== undefined && row + 1 < offsets.length, 'fewer texts than rows');
    return textBetween(values, Number(offsets[row]!), Number(offsets[row + 1]!));
  };

/** Of so many bytes a text lies in its view. */
const SHORT_TEXT = 12;

export const viewedTexts: TextsOf =
  ({ values, pieces = [] }) =>
  (row) => {
    whole(values.length >= 16 * (row + 1), 'fewer texts than rows');
    const view = new DataView(values.buffer, values.byteOffset + 16 * row, 16);
    const length = view.getInt32(0, true);
    if (length <= SHORT_TEXT) return textBetween(values, 16 * row + 4, 16 * row + 4 + length);
    const piece = pieces[view.getInt32(8, true)];
    whole(piece !== undefined, 'a text in no buffer');
    const start = view.getInt32(12, true);
    return textBetween(piece, start, start + length);
  };

function textBetween(bytes: Uint8Array, start: number, end: number): string {
  whole(start >= 0 && start <= end && end <= bytes.length, 'a text beyond its buffer');
  return utf8Text(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
}
